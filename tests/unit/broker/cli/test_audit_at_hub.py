"""What a hub's operator reads: headers and receipts of all, and nothing else."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.app.hub_trail import HubTrail
from broker.core.codec.receipts import encode_receipt
from broker.core.errors import ConfigurationError
from broker.core.model import Stage, message_id_text
from broker.core.protocol_kinds import HEARTBEAT, RECALL
from broker.core.trails.trail import TrailFilter, TrailLine
from broker.infra.log_reader import LogReader
from broker.settings import HubFolder
from tests import world
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.hub_log import (
    CASE,
    HOUR_MS,
    HubLog,
    hub_log,
    stated_entry,
    write_log,
)
from tests.world import BEL, KEN, KIND, NOW_MS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> HubLog:
    return hub_log(tmp_path_factory.mktemp("hub"))


@pytest.fixture(scope="module")
def trail(hub: HubLog) -> Iterator[HubTrail]:
    with LogReader(HubFolder(hub.folder).log) as log:
        yield HubTrail(log)


def _cursors(lines: list[TrailLine]) -> list[int]:
    return [one.cursor for one in lines]


def test_each_condition_leaves_out_what_does_not_fit(trail: HubTrail) -> None:
    for wanted, cursors in (
        (TrailFilter(), [1, 2, 3, 4, 5, 6, 7, 10, 11, 12]),
        (TrailFilter(everything=True), list(range(1, 15))),
        (TrailFilter(stage="SNAPSHOT"), [1]),
        (TrailFilter(stage="PADDING"), [13, 14]),
        (TrailFilter(kind=HEARTBEAT), [8, 9]),
        (TrailFilter(kind=RECALL), [11, 12]),
        (TrailFilter(case_reference=CASE), [2, 3, 4, 5, 6]),
        (TrailFilter(party="BEL"), [3, 4, 5, 12]),
        (TrailFilter(code="quota"), [10]),
        (TrailFilter(since_ms=NOW_MS + HOUR_MS), [11, 12]),
        (TrailFilter(until_ms=NOW_MS + 21), [1, 2, 3]),
        (TrailFilter(after=10), [11, 12]),
        (TrailFilter(before=4), [1, 2, 3]),
        (TrailFilter(limit=3), [10, 11, 12]),
        (TrailFilter(after=0, limit=3), [1, 2, 3]),
        (TrailFilter(before=11, limit=2), [7, 10]),
    ):
        assert _cursors(trail.page(wanted)) == cursors, wanted
    assert trail.end() == 14
    assert len(list(trail.lines(TrailFilter(limit=1)))) == 10


def test_a_receipt_is_listed_with_the_kind_and_case_of_its_message(
    trail: HubTrail,
) -> None:
    lines = {one.cursor: one for one in trail.page(TrailFilter(everything=True))}
    assert (lines[6].kind, lines[6].case_reference) == (KIND, CASE)
    assert (lines[9].kind, lines[12].kind) == (HEARTBEAT, RECALL)
    assert (lines[7].kind, lines[13].kind) == ("", "")
    assert (lines[1].version, lines[2].version) == (7, 0)


def test_a_message_is_found_by_its_id_its_digest_or_a_beginning(
    trail: HubTrail, hub: HubLog
) -> None:
    digest = hub.asked.message_digest
    named = message_id_text(hub.asked.header.message_id)
    for name in (digest.hex(), digest.hex()[:11], named, named.upper()):
        assert trail.resolve(name) == digest
    for name, said in (
        ("0" * 12, "no message here"),
        (named[:8], "several messages"),
        ("abc", "too short"),
        ("no digits", "no message id or digest"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            trail.resolve(name)


def test_the_story_joins_header_stages_and_recall(cli: Cli, hub: HubLog) -> None:
    name = hub.asked.message_digest.hex()[:16]
    told = cli("audit", "message", name, "--hub", hub.folder, "--json").json
    assert [(one["what"], one["by"], one["entry"]) for one in told["timeline"]] == [
        ("sealed", "KEN", None),
        ("accepted", "HUB", 1),
        ("delivered", "BEL", 2),
        ("opened", "BEL", 3),
        ("acknowledged", "BEL", 4),
        ("refused", "MEX", 5),
        ("recalled", "KEN", 10),
    ]
    assert told["header"]["case"] == CASE
    assert told["role"] is None
    assert "Federal police" in told["timeline"][4]["text"]
    words = cli("audit", "message", name, "--hub", hub.folder)
    assert "import-policy: refused: rule a (entry 5)" in words.out
    assert CASE in words.err


def test_answers_to_answers_are_part_of_the_story(cli: Cli, tmp_path: Path) -> None:
    asked = world.sealed()
    recall = world.sealed(kind=RECALL, in_reply_to=asked.message_digest)
    done = world.sealed(BEL, (KEN,), in_reply_to=recall.message_digest)
    later = world.sealed(in_reply_to=done.message_digest)
    accepted = [
        stated_entry(message, Stage.ACCEPTED, "HUB", number)
        for number, message in enumerate((asked, recall, done, later))
    ]
    # What names it and cannot be read is passed over.
    odd = replace(accepted[-1], signed_header=b"?" + asked.message_digest)
    write_log(tmp_path, [*accepted, odd])
    name = asked.message_digest.hex()
    told = cli("audit", "message", name, "--hub", tmp_path, "--json").json["timeline"]
    answers = [one["message"] for one in told if one["message"]]
    # What answers those in turn is in their own stories.
    assert set(answers) == {one.message_digest.hex() for one in (recall, done)}


def test_a_message_that_was_withheld_is_a_digest_and_a_code_to_the_hub(
    cli: Cli, hub: HubLog
) -> None:
    listed = cli("audit", "list", "--hub", hub.folder, "--stage", "withheld", "--json")
    [entry] = listed.json["entries"]
    assert (entry["code"], entry["kind"], entry["case"]) == ("export-policy", "", "")
    told = cli("audit", "message", entry["message"], "--hub", hub.folder, "--json").json
    assert told["header"] is None
    [event] = told["timeline"]
    assert (event["what"], event["by"]) == ("withheld", "KEN")
    ended = cli("audit", "message", entry["message"], "--hub", hub.folder)
    assert "a message without header" in ended.err


def test_a_hub_reads_nothing_of_content_or_of_a_policys_reasons(
    cli: Cli, hub: HubLog
) -> None:
    digest = hub.asked.message_digest.hex()
    seen = [
        cli("audit", "list", "--hub", hub.folder, "--all", "--json"),
        cli("audit", "message", digest, "--hub", hub.folder, "--json"),
        cli("audit", "report", "--month", "2027-01", "--hub", hub.folder, "--json"),
    ]
    listed = {key for one in seen[0].json["entries"] for key in one}
    assert listed <= {
        *("cursor", "at", "stage", "by", "to", "message"),
        *("kind", "case", "code", "version"),
    }
    told = seen[1].json["timeline"]
    assert {one["what"] for one in told}.isdisjoint(
        {"decided", "held", "approved", "admitted", "handed-out", "alarm"}
    )
    assert not any(one["rules"] for one in told)
    for one in seen:
        assert "Which markings" not in one.out


def test_the_report_of_a_month_counts_all_traffic(
    cli: Cli, hub: HubLog, tmp_path: Path
) -> None:
    page, table = tmp_path / "page.html", tmp_path / "table.csv"
    told = cli(
        *("audit", "report", "--month", "2027-01", "--hub", hub.folder, "--json"),
        *("--html", page, "--csv", table),
    ).json
    assert told["total"] == {"sent": 3, "received": 0, "withheld": 1, "refused": 2}
    assert told["upkeep"] == 1
    assert told["kinds"][KIND]["sent"] == 2
    assert told["parties"]["KEN"] == {
        "sent": 2,
        "received": 1,
        "withheld": 1,
        "refused": 2,
    }
    assert told["days"]["2027-01-15"]["sent"] == 3
    assert {(one["code"], one["by"]) for one in told["refusals"]} == {
        ("quota", "HUB"),
        ("import-policy", "MEX"),
        ("export-policy", "KEN"),
    }
    [accepted, *_] = told["latencies"]
    assert (accepted["span"], accepted["count"]) == ("sealed to accepted", 2)
    assert "Exchange of the hub in 2027-01" in page.read_text(encoding="utf-8")
    assert "total,2027-01,sent,3" in table.read_text(encoding="utf-8")


def test_what_came_again_is_counted_once_and_what_nobody_could_read_each_time(
    cli: Cli, tmp_path: Path
) -> None:
    message, unread = world.sealed(), world.sealed()
    unreadable = stated_entry(unread, Stage.REFUSED, "HUB", 20, code="malformed")
    receipt = world.receipt(
        unread, Stage.REFUSED, "HUB", code="malformed", message_digest=b""
    )
    unreadable = replace(
        unreadable,
        receipt=encode_receipt(receipt),
        message_digest=b"",
        signed_header=b"",
    )
    write_log(
        tmp_path,
        [
            stated_entry(message, Stage.ACCEPTED, "HUB", -40 * 86_400_000),
            stated_entry(message, Stage.REFUSED, "HUB", 10, code="replayed-id"),
            unreadable,
            unreadable,
        ],
    )
    month = ("audit", "report", "--hub", tmp_path, "--json", "--month")
    told = cli(*month, "2027-01").json
    assert told["total"] == {"sent": 2, "received": 0, "withheld": 0, "refused": 2}
    assert told["kinds"].keys() == {"not told"}
    assert {one["code"]: one["times"] for one in told["refusals"]} == {
        "malformed": 2,
        "replayed-id": 1,
    }
    assert cli(*month, "2026-12").json["total"]["sent"] == 1
    assert cli(*month, "2030-01").json["total"]["sent"] == 0


def test_who_has_not_fetched_a_message_for_a_day_is_overdue(
    cli: Cli, hub: HubLog, tmp_path: Path, stop_clock: Callable[[int], object]
) -> None:
    table = tmp_path / "table.csv"
    month = (
        *("audit", "report", "--month", "2027-01", "--hub", hub.folder, "--json"),
        *("--csv", table),
    )
    for days, late in ((0, []), (2, [("MEX", "DELIVERED", RECALL)])):
        stop_clock(NOW_MS + days * 86_400_000)
        told = cli(*month).json["overdue"]
        assert [(one["party"], one["missing"], one["kind"]) for one in told] == late
    assert '"DELIVERED by MEX, ms overdue",' in table.read_text(encoding="utf-8")


def test_paging_is_told_to_people_and_programs(cli: Cli, hub: HubLog) -> None:
    first = cli("audit", "list", "--hub", hub.folder, "--after", 0, "--limit", 4)
    assert "go on with --after 4, or back with --before 1" in first.err
    told = cli("audit", "list", "--hub", hub.folder, "--limit", 4, "--json").json
    assert (told["first"], told["last"]) == (7, 12)
    none = cli("audit", "list", "--hub", hub.folder, "--code", "declined", "--json")
    assert none.json == {"entries": [], "first": None, "last": None}


def test_watching_goes_on_where_it_was_interrupted(cli: Cli, hub: HubLog) -> None:
    watched = cli(
        *("audit", "watch", "--hub", hub.folder, "--json"),
        *("--since", 5, "--count", 3, "--party", "KEN"),
    )
    lines = [json.loads(line) for line in watched.out.splitlines()]
    assert [one["cursor"] for one in lines] == [6, 7, 11]
    rest = cli("audit", "watch", "--hub", hub.folder, "--since", 11, "--count", 1)
    assert rest.out.split()[:1] == ["12"]
    assert "Ctrl-C" in rest.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "--stage", "eaten"), "is no stage"),
        (("list", "--kind", "poem"), "is no kind"),
        (("list", "--code", "because"), "is no code"),
        (("list", "--since", "yesterday"), "is no time"),
        (("watch", "--since", "yesterday"), "neither a cursor"),
        (("report", "--month", "2027-13"), "no month"),
    ],
)
def test_what_cannot_be_asked_for_is_said_with_what_can(
    cli: Cli, hub: HubLog, arguments: tuple[str, ...], said: str
) -> None:
    ended = cli("audit", *arguments, "--hub", hub.folder)
    assert (ended.code, ended.out) == (78, "")
    assert said in ended.err


def test_a_folder_without_a_log_is_said_to_be_one(cli: Cli, tmp_path: Path) -> None:
    ended = cli("audit", "list", "--hub", tmp_path)
    assert (ended.code, ended.out) == (78, "")
    assert "there is no log" in ended.err
