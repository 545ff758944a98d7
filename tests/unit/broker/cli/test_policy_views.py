"""`rogatory policy explain`, `diff` and `matrix`, without a node and on one."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from broker.core.policy.vocabulary import KINDS
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli

KEN = EXAMPLES / "policies" / "ken.yaml"
BEL = EXAMPLES / "policies" / "bel.yaml"
ALERT = EXAMPLES / "diversion-alert.yaml"
ROUTES = EXAMPLES / "route-intelligence.yaml"


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Kenya's policy with a lower ceiling on route intelligence for all but EAC."""
    path = tmp_path / "new.yaml"
    # The first rule with that ceiling is the one about routes.
    text = KEN.read_text().replace("up-to: TLP:AMBER\n", "up-to: TLP:GREEN\n", 1)
    path.write_text(text)
    return path


def test_a_difference_is_one_line_that_names_who_loses_what(
    cli: Cli, changed: Path
) -> None:
    ended = cli("policy", "diff", KEN, changed)
    assert ended.code == 0
    assert ended.out == (
        "What leaves:\n  everyone but eac lose: route-intelligence, TLP:AMBER, items "
        "of every class\n"
    )
    assert "Unless a line says otherwise" in ended.err
    (one,) = cli("policy", "diff", KEN, changed, "--json").json["differences"]
    assert (one["effect"], one["messages"]["kind"]) == ("lose", ["route-intelligence"])


def test_no_difference_is_said_so(cli: Cli) -> None:
    ended = cli("policy", "diff", KEN, KEN)
    assert (ended.code, ended.out) == (0, "")
    assert "Every question is answered as before." in ended.err


def test_the_parties_of_a_difference_can_be_named(
    cli: Cli, changed: Path, tmp_path: Path
) -> None:
    codes = tmp_path / "parties"
    codes.write_text("BEL\nMEX\nRWA\n")
    (one,) = cli("policy", "diff", KEN, changed, "--parties", codes, "--json").json[
        "differences"
    ]
    assert one["parties"] == ["BEL", "MEX"]
    everywhere = cli("policy", "diff", KEN, changed, "--all-countries", "--json").json
    assert len(everywhere["differences"][0]["parties"]) > 190
    both = cli("policy", "diff", KEN, changed, "--parties", codes, "--all-countries")
    assert both.code != 0
    assert "either --parties or --all-countries" in both.err
    missing = cli("policy", "diff", KEN, changed, "--parties", tmp_path / "none")
    assert "cannot be read" in missing.err


def test_policies_of_two_parties_are_not_compared(cli: Cli) -> None:
    ended = cli("policy", "diff", KEN, BEL)
    assert ended.code != 0
    assert "one policy is of KEN, the other of BEL" in ended.err


def test_the_matrix_shares_lines_between_parties_that_fare_alike(cli: Cli) -> None:
    ended = cli("policy", "matrix", KEN)
    assert "everyone but eac" in ended.out
    assert "TLP:AMBER, redacted" in ended.out
    assert "TLP:AMBER+STRICT, consent" in ended.out
    each = cli("policy", "matrix", KEN, "--all-countries", "--all")
    assert "BEL" in each.out
    assert "everyone" not in each.out
    shown = cli("policy", "matrix", KEN, "--imports", "--json").json
    assert shown["side"] == "import"


class Page(HTMLParser):
    """Collects what a page fetches, runs and says in its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.empty_cells = 0
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in ("src", "href", "action")
        ]
        if tag in ("td", "th"):
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.empty_cells += not self._open
            self._open = None


def test_the_page_fetches_nothing_runs_nothing_and_has_words_in_every_cell(
    cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "matrix.html"
    ended = cli("policy", "matrix", KEN, "--all-countries", "--html", path)
    assert ended.code == 0
    page = Page()
    text = path.read_text()
    page.feed(text)
    assert page.addresses == []
    assert {"script", "img", "link", "iframe"}.isdisjoint(page.tags)
    assert page.empty_cells == 0
    assert page.tags.count("td") == 2 * len(KINDS)
    assert "default-src 'none'" in text
    assert "url(" not in text
    again = cli("policy", "matrix", KEN, "--html", path)
    assert again.code != 0
    assert "is there already" in again.err
    assert path.read_text() == text


def test_an_explanation_names_every_condition_of_both_sides(cli: Cli) -> None:
    asked = ("policy", "explain", ALERT, "--to", "BEL,XPO", "--from", "KEN")
    ended = cli(*asked, "--policy", KEN, "--policy", BEL)
    assert ended.code == 0
    assert "diversion-alert/1 with TLP:AMBER from KEN to BEL: goes\n" in ended.out
    assert "rule diversion, permit: applies" in ended.out
    assert "met: label: asks for up to TLP:AMBER+STRICT; found TLP:AMBER" in ended.out
    assert "NOT met: to: asks for eac; found BEL" in ended.out
    assert "BEL taking it in: allow" in ended.out
    assert "no policy of XPO is known here" in ended.err
    first, second = cli(*asked, "--policy", KEN, "--policy", BEL, "--json").json[
        "recipients"
    ]
    assert (first["answer"], second["import"]) == ("goes", None)


def test_an_explanation_tells_which_fields_go(cli: Cli) -> None:
    ended = cli(
        *("policy", "explain", ROUTES, "--to", "MEX", "--handling", "TLP:AMBER"),
        *("--policy", KEN),
    )
    assert "goes, without some of it" in ended.out
    assert "personal: blur" in ended.out
    assert "of what goes, this document has:" in ended.out
    red = cli(
        *("policy", "explain", ROUTES, "--to", "MEX", "--handling", "TLP:RED"),
        *("--policy", KEN),
    )
    assert "does not go" in red.out


def test_who_sends_has_to_be_known_with_a_policy(cli: Cli) -> None:
    asked = ("policy", "explain", ALERT, "--to", "BEL")
    assert "give one for each" in cli(*asked, "--policy", KEN, "--policy", KEN).err
    nobody = cli(*asked, "--policy", BEL)
    assert "who would send it? Give --from KEN" in nobody.err
    other = cli(*asked, "--policy", BEL, "--from", "MEX")
    assert "no policy of MEX is known here" in other.err


def test_no_policy_and_no_node_is_an_error_that_says_what_to_do(cli: Cli) -> None:
    for command in (("matrix",), ("diff", "published", KEN), ("explain", ALERT)):
        ended = cli("policy", *command)
        assert ended.code != 0
        assert "--node" in ended.err


def test_on_a_node_the_published_policies_are_meant(
    cli: Cli, federation: Federation, changed: Path
) -> None:
    ken = federation.folder / "KEN"
    shown = cli("policy", "matrix", "--node", ken, "--json").json
    assert (shown["party"], shown["side"]) == ("KEN", "export")
    assert cli("policy", "diff", "published", KEN, "--node", ken).out == ""
    found = cli("policy", "diff", "published", changed, "--node", ken, "--json").json
    assert [one["effect"] for one in found["differences"]] == ["lose"]
    ended = cli("policy", "explain", ALERT, "--to", "BEL", "--node", ken)
    assert "KEN sending it: allow" in ended.out
    assert "BEL taking it in: allow" in ended.out
    # What is tried out in a file takes the place of what is published.
    tried = cli(
        *("policy", "explain", ROUTES, "--to", "MEX", "--handling", "TLP:AMBER"),
        *("--policy", changed, "--node", ken),
    )
    assert "KEN sending it: deny" in tried.out
