"""An authority of Belgium says what it makes of Kenya's request, and Kenya reads it."""

import asyncio
from typing import Any

import pytest

from broker.cli.following import answer_words
from broker.core.model import Stage
from broker.core.records import Alarm
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli, Ended

pytestmark = pytest.mark.integration
REQUEST = EXAMPLES / "trace-request.yaml"
CENTRE = ("--authority", "National Firearms Centre")


def at(cli: Cli, partners: Federation, party: str, *arguments: object) -> Ended:
    return cli(*arguments, "--node", partners.folder / party)


def opened(cli: Cli, partners: Federation) -> dict[str, Any]:
    """Sends Kenya's request; returns once Belgium has opened it."""
    ended = at(
        cli, partners, "KEN", "send", REQUEST, "--to", "BEL", "--wait", 20, "--json"
    )
    assert ended.code == 0, ended.err
    [sent] = ended.json["messages"]
    asyncio.run(partners.opened("KEN", bytes.fromhex(sent["digest"]), ["BEL"]))
    return dict(sent)


def wait_for(partners: Federation, sent: dict[str, Any], stage: Stage) -> None:
    digest = bytes.fromhex(sent["digest"])

    def look() -> bool:
        return ("BEL", stage) in partners.stages("KEN", digest)

    asyncio.run(partners.until(look, stage.name))


def test_what_an_authority_says_is_read_at_the_origin(
    cli: Cli, partners: Federation
) -> None:
    sent = opened(cli, partners)
    name = sent["id"]
    assert "opened, to be acknowledged" in at(cli, partners, "BEL", "inbox").out
    early = at(cli, partners, "BEL", "act", name, *CENTRE, "--yes", "--json")
    assert (early.code, early.json["error"]["code"]) == (77, "out-of-order")
    assert "may now be acknowledged or declined" in early.json["error"]["text"]
    tried = at(cli, partners, "BEL", "acknowledge", name, *CENTRE, "--dry-run")
    assert (tried.code, "Nothing was said" in tried.err) == (0, True)
    unasked = at(cli, partners, "BEL", "acknowledge", name, *CENTRE)
    assert (unasked.code, "cannot be undone" in unasked.err) == (78, True)
    said = at(
        cli, partners, "BEL", "acknowledge", name, *CENTRE, "--note", "a CANARY",
        "--yes", "--json",
    )  # fmt: skip
    assert (said.code, said.json["stage"], said.json["decided_by"]) == (
        0,
        "ACKNOWLEDGED",
        "person",
    )
    assert "CANARY" not in said.out
    wait_for(partners, sent, Stage.ACKNOWLEDGED)
    shown = at(cli, partners, "BEL", "show", name, "--json").json
    assert shown["notes"] == {"ACKNOWLEDGED": "a CANARY"}
    assert "notes" not in at(cli, partners, "KEN", "show", name, "--json").json
    done = at(cli, partners, "BEL", "act", name, *CENTRE, "--system", "--yes")
    assert (done.code, "ACTED is said to KEN" in done.err) == (0, True)
    wait_for(partners, sent, Stage.ACTED)
    table = at(cli, partners, "KEN", "status", name)
    assert "BEL: National Firearms Centre (person)" in table.out
    assert "BEL: National Firearms Centre (system)" in table.out
    [recipient] = at(cli, partners, "KEN", "status", name, "--json").json["recipients"]
    assert [step["stage"] for step in recipient["stages"]][-2:] == [
        "ACKNOWLEDGED",
        "ACTED",
    ]
    assert "BEL acted" in at(cli, partners, "KEN", "sent").out
    inbox = at(cli, partners, "BEL", "inbox").out
    assert "opened, acknowledged, acted upon" in inbox
    after = at(cli, partners, "BEL", "decline", name, *CENTRE, "--reason", "x", "--yes")
    assert (after.code, "nothing follows that" in after.err) == (77, True)


def test_a_declined_request_tells_who_and_not_why(
    cli: Cli, partners: Federation
) -> None:
    sent = opened(cli, partners)
    decline = ("decline", sent["id"], *CENTRE, "--reason")
    assert at(cli, partners, "BEL", *decline, " ", "--yes").code == 78
    said = at(cli, partners, "BEL", *decline, "a CANARY", "--yes", "--json")
    assert (said.code, said.json["code"]) == (0, "declined")
    wait_for(partners, sent, Stage.REFUSED)
    status = at(cli, partners, "KEN", "status", sent["id"], "--json")
    step = status.json["recipients"][0]["stages"][-1]
    assert step["detail"] == "by a person of National Firearms Centre"
    assert "CANARY" not in status.out
    assert "BEL refused" in at(cli, partners, "KEN", "sent").out
    inbox = at(cli, partners, "BEL", "inbox", "--json").json["messages"]
    [one] = [one for one in inbox if one["id"] == sent["id"]]
    assert (one["state"], list(one["said"])) == (
        "opened",
        ["DELIVERED", "OPENED", "REFUSED"],
    )


def test_only_received_messages_are_acknowledged_and_only_by_offices_with_a_name(
    cli: Cli, partners: Federation
) -> None:
    sent = opened(cli, partners)
    own = at(cli, partners, "KEN", "acknowledge", sent["id"], *CENTRE, "--yes")
    assert (own.code, "sent from here" in own.err) == (78, True)
    for name in (" ", "x" * 101, "\x1b[31m"):
        ended = at(cli, partners, "BEL", "acknowledge", sent["id"], "--authority", name)
        assert (ended.code, "name of an office" in ended.err) == (78, True)


def test_who_acts_on_what_was_taken_back_is_warned_and_notices_answer_themselves(
    cli: Cli, partners: Federation
) -> None:
    sent = opened(cli, partners)
    recall = ("recall", sent["id"], "--reason", "error", "--yes", "--json")
    recalled = at(cli, partners, "KEN", *recall)
    assert recalled.code == 0, recalled.out + recalled.err
    store, digest = partners.members["BEL"].node.store, bytes.fromhex(sent["digest"])
    asyncio.run(partners.until(lambda: store.taken_back(digest), "the recall"))
    [notice] = store.notices_received(digest)
    late = ("acknowledge", sent["id"], *CENTRE, "--dry-run")
    assert "warning: " in at(cli, partners, "BEL", *late).err
    ended = at(
        cli, partners, "BEL", "act", notice.digest.hex(), *CENTRE, "--yes", "--json"
    )
    assert (ended.code, "the node itself answers" in ended.out) == (78, True)


def test_alarms_are_listed_shown_and_looked_at(cli: Cli, partners: Federation) -> None:
    store = partners.members["MEX"].node.store
    store.raise_alarm(Alarm(at_ms=1_800_000_000_000, topic="test", text="it rings"))
    number = store.sounded_alarms(1)[0].number
    for arguments in (("alarms",), ("alarms", "list")):
        table = at(cli, partners, "MEX", *arguments)
        assert (table.code, "it rings" in table.out) == (0, True)
    listed = at(cli, partners, "MEX", "alarms", "--json").json
    assert listed["open"] == len(listed["alarms"]) > 0
    shown = at(cli, partners, "MEX", "alarms", "show", number)
    assert "it rings" in shown.out
    doctor = at(cli, partners, "MEX", "doctor", "--json").json["checks"]
    [found] = [one for one in doctor if one["name"] == "alarms"]
    assert (found["well"], "open, the newest about test" in found["text"]) == (
        False,
        True,
    )
    nobody = at(cli, partners, "MEX", "alarms", "acknowledge", number, "--by", " ")
    assert nobody.code == 78
    noted = at(cli, partners, "MEX", "alarms", "acknowledge", number, "--by", "R. Ruiz")
    assert (noted.code, "Noted" in noted.err) == (0, True)
    again = ("alarms", "acknowledge", number, "--by", "X", "--json")
    [one] = at(cli, partners, "MEX", *again).json["alarms"]
    assert (one["open"], one["acknowledged_by"]) == (False, "R. Ruiz")
    assert "it rings" not in at(cli, partners, "MEX", "alarms").out
    store.raise_alarm_once("a", Alarm(at_ms=1_800_000_000_000, topic="t", text="x"))
    store.settle_alarm("a", 1_800_000_000_000, "it speaks again")
    everything = at(cli, partners, "MEX", "alarms", "list", "--all").out
    assert "it speaks again" in everything
    assert "looked at by R. Ruiz" in everything
    details = at(cli, partners, "MEX", "alarms", "show", number, "--json").json
    assert details["about"] == []
    for command in (("show",), ("acknowledge", "--by", "R. Ruiz")):
        ended = at(cli, partners, "MEX", "alarms", *command, number + 1000)
        assert (ended.code, "there is no alarm" in ended.err) == (78, True)


def test_doubts_about_receipts_are_told_with_the_message(
    cli: Cli, partners: Federation
) -> None:
    sent = opened(cli, partners)
    store, digest = partners.members["KEN"].node.store, bytes.fromhex(sent["digest"])
    with store._database.write() as db:
        db.execute(
            "UPDATE outbox SET submitted_ms = 0 WHERE message_digest = ?", (digest,)
        )
    asyncio.run(
        partners.until(
            lambda: store.receipt_findings(digest),
            "the alarm",
        )
    )
    status = at(cli, partners, "KEN", "status", sent["id"])
    assert "warning: the hub answered" in status.err
    [doubt] = at(cli, partners, "KEN", "status", sent["id"], "--json").json["doubts"]
    assert (doubt["kind"], doubt["clock"]) == ("late", "accepted")
    shown = at(cli, partners, "KEN", "alarms", "show", doubt["alarm"])
    assert sent["digest"][:16] in shown.out
    by = ("--by", "R. Mbeki")
    assert (
        at(cli, partners, "KEN", "alarms", "acknowledge", doubt["alarm"], *by).code == 0
    )


def test_no_acknowledgement_is_asked_for_of_what_was_taken_back() -> None:
    said = {Stage.DELIVERED: 1, Stage.OPENED: 2}
    assert answer_words("trace-request/1", said) == ", to be acknowledged"
    assert answer_words("trace-request/1", said, taken_back=True) == ""
    acted = {**said, Stage.ACTED: 3}
    assert answer_words("trace-request/1", acted, taken_back=True) == ", acted upon"
