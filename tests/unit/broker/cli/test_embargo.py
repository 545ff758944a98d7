"""The table of embargoes at the terminal: kept, asked, and never a verdict."""

from pathlib import Path

import pytest

from tests.federation import EXAMPLES
from tests.unit.broker.cli.conftest import Cli

TABLE = EXAMPLES / "embargoes" / "synthetic.yaml"
ON = ("--on", "2026-07-01")
FROM = ("--table", TABLE, *ON)


def test_a_table_is_empty_until_somebody_fills_it(cli: Cli, tmp_path: Path) -> None:
    listed = cli("embargo", "list", "--node", tmp_path, "--json")
    assert (listed.json["embargoes"], listed.json["stale"]) == ([], False)
    loaded = cli("embargo", "load", TABLE, "--node", tmp_path, "--json")
    assert (loaded.json["changed"], loaded.json["embargoes"]) == (True, 3)
    listed = cli("embargo", "list", "--node", tmp_path, *ON, "--json")
    assert [one["regime"] for one in listed.json["embargoes"]] == ["TEST-1", "TEST-2"]


def test_a_table_is_read_before_it_takes_the_place_of_another(
    cli: Cli, tmp_path: Path
) -> None:
    cli("embargo", "load", TABLE, "--node", tmp_path)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("checked-on: 2026-01-01\nembargoes: [{regime: X}]\n")
    refused = cli("embargo", "load", wrong, "--node", tmp_path, "--yes", "--json")
    assert refused.code == 65
    assert len(cli("embargo", "list", *ON, "--node", tmp_path, "--json").json) == 4
    empty = tmp_path / "empty.yaml"
    empty.write_text("checked-on: 2026-01-01\nembargoes: []\n")
    looked = cli("embargo", "load", empty, "--node", tmp_path, "--dry-run")
    assert "nothing was changed" in looked.err
    taken = cli("embargo", "load", empty, "--node", tmp_path, "--yes", "--json")
    assert (taken.json["before"], taken.json["embargoes"]) == (3, 0)


def test_a_territory_is_looked_up_by_day_and_item(cli: Cli) -> None:
    found = cli("embargo", "check", "--country", "ZZX", *FROM, "--json")
    assert [one["regime"] for one in found.json["embargoes"]] == ["TEST-1"]
    before = cli(
        "embargo", "check", "--country", "ZZX", "--on", "2018-01-01", "--table", TABLE
    )
    assert (before.code, "No embargo" in before.err) == (0, True)
    told = cli("embargo", "check", "--country", "ZZX", "--item", "firearm", *FROM)
    assert "exempt: Protective clothing" in told.out


def test_a_document_is_flagged_and_it_is_no_failure(cli: Cli, tmp_path: Path) -> None:
    text = (EXAMPLES / "diversion-alert.yaml").read_text(encoding="utf-8")
    file = tmp_path / "alert.yaml"
    file.write_text(text.replace("destinedTo: KEN", "destinedTo: ZZX"), "utf-8")
    found = cli("embargo", "check", file, *FROM, "--json")
    assert found.code == 0
    assert [one["path"] for one in found.json["flags"]] == ["consignment.destinedTo"]
    told = cli("embargo", "check", file, *FROM)
    assert "TEST-1" in told.out
    assert "a person has to" in told.err
    clean = cli("embargo", "check", EXAMPLES / "diversion-alert.yaml", *FROM)
    assert "Nothing in it" in clean.err


def test_a_table_that_is_out_of_date_says_so(cli: Cli) -> None:
    listed = cli("embargo", "list", "--table", TABLE, "--all", "--on", "2028-01-01")
    assert "TEST-0" in listed.out
    assert "was compared with its sources on 2026-06-30" in listed.err


def test_its_form_is_published(cli: Cli) -> None:
    assert cli("schema", "embargoes").json["$id"] == "urn:rogatory:embargoes"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "give a document, or --country"),
        (("--country", "Example"), "no country code"),
        (("--country", "ZZX", "--item", "pistol"), "no class of items"),
        ((EXAMPLES / "diversion-alert.yaml", "--item", "firearm"), "names its items"),
        (("--country", "ZZX", "--on", "soon"), "no day"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_what_to_give(
    cli: Cli, options: tuple[object, ...], words: str
) -> None:
    ended = cli("embargo", "check", "--table", TABLE, *options, "--json")
    assert ended.code == 78
    assert words in ended.json["error"]["text"]
