"""Joint operations on a running federation: opened, joined, reported in, ended."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import yaml

from broker.app.node_folder import dispatcher
from broker.core.codec.documents import encode_document
from broker.core.handling import Handling, Tlp
from broker.core.outgoing import OutgoingDocument
from broker.infra.clock import SystemClock
from broker.services.operations import OPERATION_KIND, REPORT_KIND, STEP_KIND
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import KEN, Desk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


def operation(
    folder: Path, *, ahead: int = 0, to: tuple[str, ...] = ("BEL", "MEX")
) -> Path:
    """Writes an operation of Kenya that begins some days from now."""
    today = dt.datetime.fromtimestamp(SystemClock().now_ms() / 1000, dt.UTC).date()
    document = {
        "kind": "operation/1",
        "handling": "TLP:AMBER+STRICT",
        "to": list(to),
        "caseReference": "KEN-2026-0230",
        "content": {
            "name": "EXAMPLE TIDE",
            "members": ["BEL", "KEN", "MEX"],
            "from": (today + dt.timedelta(days=ahead)).isoformat(),
            "until": (today + dt.timedelta(days=ahead + 30)).isoformat(),
            "objective": "Parcels are found before they are delivered",
        },
    }
    file = folder / "operation.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def test_an_operation_from_its_opening_to_its_end(desk: Desk, tmp_path: Path) -> None:
    opened = desk.sends("KEN", "operation", "open", operation(tmp_path))
    code, words = desk.refusal(
        "BEL", "operation", "report", opened, "--title", "x", "--text", "y"
    )
    assert (code, "BEL has not joined" in words) == ("outside-operation", True)
    for party in ("BEL", "MEX"):
        desk.sends(party, "operation", "join", opened, "--text", "We take part")
    report = tmp_path / "report.yaml"
    report.write_text(
        "kind: operation-report/1\n"
        "handling: TLP:AMBER\n"
        "content: {title: Eleven parcels, text: Four held slides}\n",
        encoding="utf-8",
    )
    sent = desk.sends("BEL", "operation", "report", opened, report)
    for party in ("BEL", "KEN", "MEX"):
        shown = desk.at(party, "operation", "show", sent).json
        assert shown["now"] == "running"
        assert {p: m["standing"] for p, m in shown["members"].items()} == {
            "BEL": "joined",
            "KEN": "opened",
            "MEX": "joined",
        }
        [one] = shown["reports"]
        assert (one["from"], one["content"]["title"]) == ("BEL", "Eleven parcels")
    desk.sends("MEX", "operation", "leave", opened, "--yes")
    last = desk.sends(
        "KEN", "operation", "report", opened, "--title", "Last", "--text", "The end"
    )
    assert desk.at("KEN", "status", last).json["recipients"][0]["party"] == "BEL"
    desk.sends("KEN", "operation", "close", opened, "--yes")
    assert desk.at("BEL", "operation", "show", opened).json["ended"]
    code, words = desk.refusal(
        "BEL", "operation", "report", opened, "--title", "x", "--text", "y"
    )
    assert (code, "only be read" in words) == ("outside-operation", True)
    told = desk.cli("operation", "show", opened, "--node", desk.partners.folder / "BEL")
    assert "MEX left" in told.out
    assert "Four held slides" in told.out
    assert "can only be read" in told.err
    listed = desk.cli("operation", "list", "--node", desk.partners.folder / "MEX")
    assert "EXAMPLE TIDE" in listed.out


def test_nothing_of_it_goes_to_a_stranger(desk: Desk, tmp_path: Path) -> None:
    wide = operation(tmp_path, to=("BEL",))
    code, words = desk.refusal("KEN", "operation", "open", wide)
    assert (code, "MEX: it goes to all" in words) == ("outside-operation", True)
    opened = desk.sends("KEN", "operation", "open", operation(tmp_path))
    step = tmp_path / "step.yaml"
    step.write_text(
        "kind: case-step/1\nhandling: TLP:AMBER\nto: [KEN]\n"
        "content: {act: CASE_ACT_JOIN}\n",
        encoding="utf-8",
    )
    code, words = desk.refusal("BEL", "send", step, "--reply-to", opened)
    assert (code, "all other members" in words) == ("outside-operation", True)
    report = tmp_path / "report.yaml"
    report.write_text(
        "kind: operation-report/1\nhandling: TLP:AMBER\nto: [BEL]\n"
        "content: {title: x, text: y}\n",
        encoding="utf-8",
    )
    code, words = desk.refusal("KEN", "send", report)
    assert (code, "answers the message that opened" in words) == (
        "outside-operation",
        True,
    )
    code, _ = desk.refusal("KEN", "operation", "report", opened, report)
    assert code == "configuration"


def test_it_can_be_joined_ahead_and_nothing_is_shared_before_it_begins(
    desk: Desk, tmp_path: Path
) -> None:
    opened = desk.sends("KEN", "operation", "open", operation(tmp_path, ahead=5))
    plan = desk.at("BEL", "operation", "join", opened, "--dry-run")
    assert [one["party"] for one in plan.json["would_get_it"]] == ["KEN", "MEX"]
    desk.sends("BEL", "operation", "join", opened)
    desk.sends("MEX", "operation", "decline", opened, "--yes")
    code, words = desk.refusal(
        "BEL", "operation", "report", opened, "--title", "x", "--text", "y"
    )
    assert (code, "it begins on" in words) == ("outside-operation", True)
    told = desk.cli("operation", "show", opened, "--node", desk.partners.folder / "KEN")
    assert "MEX declined" in told.out
    assert "before" in told.err


def crafted(
    desk: Desk, party: str, kind: str, content: dict[str, object], reply: str
) -> str:
    """Sends Kenya what no command would send, past this party's own checks."""
    member = desk.partners.members[party]
    trust = desk.partners.trust()
    sender = dispatcher(member.node, member.keys, lambda: trust)
    sender._check_step = lambda _document: None
    answered = member.node.store.resolve(reply) if reply else [b""]
    [sealed] = sender.send(
        OutgoingDocument(
            kind=kind,
            body=encode_document(kind, content),
            recipients=(KEN,),
            handling=Handling(tlp=Tlp.GREEN),
            in_reply_to=answered[0],
        )
    )
    asyncio.run(desk.partners.opened(party, sealed.message_digest, ["KEN"]))
    return sealed.message_digest.hex()


def test_what_a_tampered_node_sends_is_shown_as_out_of_place(
    desk: Desk, tmp_path: Path
) -> None:
    opened = desk.sends("KEN", "operation", "open", operation(tmp_path))
    report: dict[str, object] = {"title": "Not joined", "text": "Reports all the same"}
    crafted(desk, "BEL", REPORT_KIND, report, opened)
    crafted(desk, "BEL", STEP_KIND, {"act": "CASE_ACT_JOIN"}, opened)
    shown = desk.at("KEN", "operation", "show", opened).json
    [one] = shown["reports"]
    assert (one["out_of_place"], one["content"]) == ("BEL has not joined", None)
    [odd] = shown["without_effect"]
    assert (odd["from"], odd["act"]) == ("BEL", "join")
    told = desk.cli("operation", "show", opened, "--node", desk.partners.folder / "KEN")
    assert "out of place, without effect: BEL has not joined" in told.err
    assert "without effect: join of BEL" in told.err
    assert "Reports all the same" not in told.out


def test_a_group_that_not_everybody_was_told_of_is_listed_as_none(
    desk: Desk, tmp_path: Path
) -> None:
    document = yaml.safe_load(operation(tmp_path).read_text(encoding="utf-8"))
    digest = crafted(desk, "BEL", OPERATION_KIND, document["content"], "")
    listed = desk.at("KEN", "operation", "list").json
    [odd] = [one for one in listed["without_effect"] if one["digest"] == digest]
    assert "MEX: it goes to all its members at once" in odd["why"]
    told = desk.cli("operation", "list", "--node", desk.partners.folder / "KEN")
    assert "opens no group: MEX" in told.err
    code, _ = desk.refusal("KEN", "operation", "show", digest)
    assert code == "outside-operation"
    other = desk.sends("KEN", "send", EXAMPLES / "practice-note.yaml", "--to", "BEL")
    code, words = desk.refusal("KEN", "operation", "show", other)
    assert (code, "belongs to no operation" in words) == ("configuration", True)


def test_nobody_to_report_to_is_said(desk: Desk, tmp_path: Path) -> None:
    opened = desk.sends("KEN", "operation", "open", operation(tmp_path))
    report = ("operation", "report", opened)
    code, words = desk.refusal("KEN", *report, "--title", "x", "--text", "y")
    assert (code, "nobody else has joined" in words) == ("configuration", True)
    desk.sends("BEL", "operation", "join", opened)
    code, words = desk.refusal("KEN", *report, "--title", "x")
    assert (code, "--title and --text" in words) == ("configuration", True)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("open", "report.yaml"), "is of the kind"),
        (("show", "inbox"), "no message"),
    ],
)
def test_what_is_no_operation_is_not_taken_for_one(
    desk: Desk, tmp_path: Path, command: tuple[str, str], words: str
) -> None:
    report = tmp_path / "report.yaml"
    report.write_text(
        "kind: operation-report/1\nhandling: TLP:AMBER\nto: [BEL]\n"
        "content: {title: x, text: y}\n",
        encoding="utf-8",
    )
    verb, name = command
    argument = report if name == "report.yaml" else "0198f3c2"
    ended = desk.at("KEN", "operation", verb, argument)
    assert ended.code != 0
    assert words in ended.json["error"]["text"]
