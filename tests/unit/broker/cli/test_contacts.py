"""`rogatory directory` as far as contacts go: attest, stale, show, import, draft."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from broker.cli.directory_card import print_card
from broker.cli.directory_fields import Shown
from broker.core.codec.contacts import parse_contacts
from broker.core.errors import StoreError
from keys.directory.model import Membership, Office, OfficeRole, Suspension
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.world import DAY_MS, KEN, NOW_MS, entry, published, signing_key

CONTACTS = EXAMPLES / "contacts"
LIST = CONTACTS / "authorities.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two parties with running nodes."""

    federation: Federation
    ken: Path
    bel: Path


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """KEN has attested its contacts, and BEL has opened its card."""
    folder = tmp_path_factory.mktemp("contacts") / "a federation"
    with Federation(folder, ("BEL", "KEN")) as running:
        yield Pair(federation=running, ken=folder / "KEN", bel=folder / "BEL")


def attest(cli: Cli, pair: Pair) -> None:
    """Attests KEN's example, and waits until BEL has the card."""
    ended = cli("directory", "attest", CONTACTS / "ken.yaml", "--node", pair.ken)
    assert ended.code == 0, ended.err
    show = ("directory", "show", "KEN", "--node", pair.bel, "--json")
    asyncio.run(
        pair.federation.until(lambda: cli(*show).json["people"], "the card at BEL")
    )


def test_before_anything_was_attested_everybody_is_stale(cli: Cli, pair: Pair) -> None:
    ended = cli("directory", "stale", "--node", pair.ken, "--json")
    assert ended.code == 1
    assert [one["party"] for one in ended.json["stale"]] == ["KEN", "BEL"]
    assert ended.json["stale"][0]["days_ago"] is None
    table = cli("directory", "stale", "--node", pair.ken)
    assert table.code == 1
    assert "never" in table.out
    assert "Attest your own" in table.err


def test_a_dry_run_says_who_would_get_the_card_and_does_nothing(
    cli: Cli, pair: Pair
) -> None:
    command = ("directory", "attest", CONTACTS / "ken.yaml", "--dry-run")
    ended = cli(*command, "--node", pair.ken, "--json")
    assert [one["party"] for one in ended.json["would_get_card"]] == ["BEL"]
    assert "BEL" in cli(*command, "--node", pair.ken).out
    shown = cli("directory", "show", "KEN", "--node", pair.ken, "--json").json
    assert shown["people"] is None


def test_attested_contacts_are_shown_with_people(cli: Cli, pair: Pair) -> None:
    attest(cli, pair)
    shown = cli("directory", "show", "KEN", "--node", pair.bel, "--json").json
    assert shown["attested"]["stale"] is False
    assert shown["offices"][1]["role"] == "tracing-authority"
    assert [one["name"] for one in shown["people"]["people"]] == [
        "Example Officer One",
        "Example Officer Two",
    ]
    card = cli("directory", "show", "KEN", "--node", pair.bel).out
    assert max(map(len, card.splitlines())) <= 100
    lines = card.splitlines()
    places = [
        next(n for n, line in enumerate(lines) if line.lstrip().startswith(what))
        for what in (
            "KEN  Kenya",
            "contacts attested by the party: today",
            "National point of contact",
            "At every hour of every day",
            "Competent authority for tracing",
            "INTERPOL National Central Bureau",
            "Marking practices",
            "People",
            "sealed, from the message of",
            "Example Officer One",
            "note: At night",
            "Keys and policy",
        )
    ]
    assert places == sorted(places)


def test_people_are_not_shown_without_the_keystore(
    cli: Cli, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    attest(cli, pair)
    card = cli("directory", "show", "KEN", "--no-people", "--node", pair.bel)
    assert "sealed; not opened" in card.out
    assert "Officer" not in card.out
    settings = (pair.bel / "node.toml").read_text("utf-8")
    (pair.bel / "node.toml").write_text(
        "\n".join(x for x in settings.splitlines() if "passphrase" not in x), "utf-8"
    )
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    ended = cli("directory", "show", "KEN", "--node", pair.bel)
    (pair.bel / "node.toml").write_text(settings, "utf-8")
    assert ended.code == 0
    assert "people are not shown" in ended.err


def test_attested_unchanged_is_sent_again_and_the_own_card_shown(
    cli: Cli, pair: Pair
) -> None:
    attest(cli, pair)
    ended = cli("directory", "attest", "--unchanged", "--node", pair.ken, "--json")
    (delivery,) = ended.json["card"]
    assert (delivery["party"], delivery["state"]) == ("BEL", "sent")
    assert "own card" in cli("directory", "show", "KEN", "--node", pair.ken).out
    stale = cli("directory", "stale", "--node", pair.ken, "--json").json["stale"]
    assert "KEN" not in [one["party"] for one in stale]


def test_who_names_nobody_sends_no_card(cli: Cli, pair: Pair, tmp_path: Path) -> None:
    document = yaml.safe_load((CONTACTS / "bel.yaml").read_text("utf-8"))
    del document["people"], document["marking-practices"]
    path = tmp_path / "bel.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    ended = cli("directory", "attest", path, "--node", pair.bel)
    assert ended.code == 0
    assert "no card goes out" in ended.err
    assert "warning: marking practices" in ended.err
    assert (
        "no card"
        in cli("directory", "attest", path, "--dry-run", "--node", pair.bel).err
    )
    attest(cli, pair)
    ended = cli("directory", "stale", "--node", pair.bel)
    assert ended.code == 0
    assert "All 2 parties have attested within 180 days." in ended.err


def test_role_keys_that_are_elsewhere_are_asked_for_signatures(
    cli: Cli, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = replace(pair.federation.members["KEN"].keys, role=None)
    monkeypatch.setattr("broker.cli.contacts.unlock", lambda *_: keys)
    command = ("directory", "attest", CONTACTS / "ken.yaml", "--node", pair.ken)
    ended = cli(*command, "--json")
    assert ended.json["published"] is False
    assert Path(ended.json["request"]).is_file()
    assert [one["state"] for one in ended.json["card"]] == ["sent"]
    assert "rogatory keys sign" in cli(*command).err


def test_a_card_that_cannot_go_out_yet_waits(
    cli: Cli, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("no room")

    monkeypatch.setattr("broker.cli.contacts.send_card", full)
    ended = cli("directory", "attest", "--unchanged", "--node", pair.ken)
    assert ended.code == 0
    assert "the card waits: no room" in ended.err


def test_either_a_file_or_unchanged_is_needed(cli: Cli, pair: Pair) -> None:
    for arguments in ([], [CONTACTS / "ken.yaml", "--unchanged"]):
        ended = cli("directory", "attest", *arguments, "--node", pair.ken, "--json")
        assert ended.code == 78


def test_contacts_of_another_party_are_not_attested(cli: Cli, pair: Pair) -> None:
    ended = cli("directory", "attest", CONTACTS / "mex.yaml", "--node", pair.ken)
    assert ended.code == 78
    assert "those of MEX" in ended.err


def test_what_does_not_fit_is_named_with_its_line(
    cli: Cli, pair: Pair, tmp_path: Path
) -> None:
    path = tmp_path / "slips.yaml"
    path.write_text(
        "party: KEN\n"
        "point-of-contact:\n"
        "  office: Focal point\n"
        "  email: nobody\n"
        "offices:\n"
        "  - role: police\n"
        "    name: Police\n"
        "    telephone: 0202\n",
        "utf-8",
    )
    ended = cli("directory", "attest", path, "--node", pair.ken, "--json")
    assert ended.code == 65
    assert [one["path"] for one in ended.json["error"]["problems"]] == [
        "offices[0].telephone (line 8)",
        "point-of-contact.email (line 4)",
    ]


def test_an_imported_list_is_shown_below_what_the_party_says(
    cli: Cli, pair: Pair
) -> None:
    attest(cli, pair)
    command = ("directory", "import", LIST, "--source", "The list", "--date", "2026-09")
    dry = cli(*command, "--node", pair.bel, "--dry-run", "--json")
    assert dry.json["dry_run"] is True
    assert (
        "Nothing was imported yet"
        in cli("directory", "imports", "--node", pair.bel).err
    )
    ended = cli(*command, "--node", pair.bel)
    assert ended.out.startswith("6 offices of 4 countries from The list")
    assert "Contact person" in ended.err
    assert "takes the place of 6" in cli(*command, "--node", pair.bel).err

    card = cli("directory", "show", "KEN", "--node", pair.bel).out
    assert card.index("Central Firearms Bureau") < card.index("NOT attested")
    assert "The list, 2026-09; imported" in card
    other = cli("directory", "show", "TZA", "--node", pair.bel)
    assert "not a party of this federation" in other.out
    assert "United Republic of Tanzania" in other.out
    fields = cli("directory", "show", "TZA", "--node", pair.bel, "--json").json
    assert fields["is_party"] is False
    assert fields["imported"][0]["attested_by_party"] is False
    assert "2 that are no parties" in cli("directory", "show", "--node", pair.bel).err
    everything = cli("directory", "show", "--node", pair.bel, "--json").json
    assert everything["imported_others"] == {"TZA": 1, "UGA": 2}

    draft = cli("directory", "draft", "--node", pair.bel)
    contacts = parse_contacts(yaml.safe_load(draft.out))
    assert contacts.point_of_contact.office == "Central register of weapons"

    listed = cli("directory", "imports", "--node", pair.bel, "--json").json["imports"]
    assert listed[0]["source"] == "The list"
    assert "The list" in cli("directory", "imports", "--node", pair.bel).out
    gone = cli("directory", "imports", "--remove", "The list", "--node", pair.bel)
    assert "is forgotten" in gone.err
    again = cli("directory", "imports", "--remove", "The list", "--node", pair.bel)
    assert again.code == 78
    assert cli("directory", "show", "TZA", "--node", pair.bel).code == 65
    assert cli("directory", "draft", "UGA", "--node", pair.bel).code == 78


def test_bad_rows_stop_an_import_unless_they_are_left_out(
    cli: Cli, pair: Pair, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    rows = ["Country;Name;Shoe size", "Kenya;Bureau;44", *["Atlantis;=1;"] * 30]
    path.write_text("\n".join(rows), "utf-8")
    command = ("directory", "import", path, "--node", pair.ken)
    ended = cli(*command)
    assert ended.code == 65
    assert "line 3, country" in ended.err
    ended = cli(*command, "--skip-bad-rows", "--delimiter", "semicolon")
    assert ended.code == 0
    assert "30 left out" in ended.out
    assert "and 41 more" in ended.err
    assert "Shoe size" in ended.err
    (listed,) = cli("directory", "imports", "--node", pair.ken, "--json").json[
        "imports"
    ]
    assert (listed["source"], listed["offices"]) == ("list", 1)
    path.write_text("Country,Name\nAtlantis,X\n", "utf-8")
    assert cli(*command, "--skip-bad-rows").code == 78


@pytest.mark.parametrize(
    "option", [("--date", "September"), ("--date", "2026-13"), ("--delimiter", "x")]
)
def test_an_import_with_options_that_mean_nothing_is_refused(
    cli: Cli, pair: Pair, option: tuple[str, str]
) -> None:
    assert cli("directory", "import", LIST, *option, "--node", pair.ken).code == 78


def test_the_schema_of_a_contacts_file_is_published(cli: Cli) -> None:
    assert cli("schema", "contacts").json["$id"] == "urn:rogatory:contacts"
    assert "contacts" in cli("schema").json["files"]


def test_a_card_shows_what_is_wrong_with_a_party(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = entry(
        KEN,
        attested_at_ms=NOW_MS - 203 * DAY_MS,
        offices=(Office(role=OfficeRole.POLICE, name="Steering \x1b[2J"),),
        signing_keys=(
            published(signing_key(KEN), revoked_at_ms=NOW_MS - DAY_MS),
            published(signing_key("old"), valid_to_ms=NOW_MS - DAY_MS),
        ),
    ).record
    shown = Shown(
        party=KEN,
        country="Kenya",
        record=record,
        membership=Membership(
            party=KEN, suspension=Suspension(since_ms=NOW_MS - DAY_MS, reason="Unpaid")
        ),
        policy_digest=None,
        failed="its metadata has expired",
        card=None,
        sealed=False,
        imported=(),
        now_ms=NOW_MS,
    )
    print_card(shown)
    out = capsys.readouterr().out
    assert "STALE: 203 days ago" in out
    assert "SUSPENDED since 2027-01-14: Unpaid" in out
    assert "cannot be relied on: its metadata has expired" in out
    assert "revoked 2027-01-14" in out
    assert "not valid now" in out
    assert "(not published)" in out
    assert "\x1b[2J" not in out
