"""A cell says what ordinary messages get, and how far any message goes."""

import yaml

from broker.core.handling import Tlp
from broker.core.policy.matrix import Cell, Matrix, matrix
from broker.core.policy.outcome import Outcome
from broker.core.policy.parse import parse_policy
from keys.identity import PartyId
from tests.unit.broker.core.policy.questions import TODAY_MS

BEL, MEX, RWA = map(PartyId, ("BEL", "MEX", "RWA"))
TEXT = """
party: KEN
export:
- {id: a, permit: [trace-request], to: everyone, up-to: TLP:AMBER, retention: 1y}
- {id: b, permit: [trace-request], to: everyone, up-to: TLP:RED H1,
   purposes: [analysis], fields: {personal: drop}}
- {id: c, permit: [contact-card], to: {parties: [BEL]}, up-to: TLP:GREEN,
   fields: {personal: drop}, onward: with-consent}
- {id: d, permit: [route-intelligence], to: everyone, up-to: TLP:GREEN,
   source-at-least: {admiralty: B}}
- {id: e, permit: [diversion-alert], to: everyone, up-to: TLP:GREEN,
   valid: {until: 2026-06-14}}
import:
- {id: z, permit: every-kind, from: {parties: [RWA]}, up-to: TLP:RED, quarantine: true}
"""


def found(side: str = "export") -> Matrix:
    policy = parse_policy(yaml.safe_load(TEXT))
    return matrix(policy, side, [BEL, MEX, RWA, policy.party], TODAY_MS)


def cell(kind: str, party: PartyId, side: str = "export") -> Cell:
    table = found(side)
    (line,) = (line for line in table.lines if party in line.parties)
    return line.cells[table.kinds.index(kind)]


def test_parties_that_fare_alike_share_a_line_the_most_of_them_first() -> None:
    assert [line.parties for line in found().lines] == [(MEX, RWA), (BEL,)]


def test_a_cell_tells_what_an_ordinary_message_gets_and_what_goes_at_most() -> None:
    assert cell("trace-request", MEX) == Cell(
        label=Tlp.AMBER, at_most=Tlp.RED, terms=Outcome(retention_days=365)
    )
    assert cell("trace-request", MEX).text == "TLP:AMBER (some up to TLP:RED)"


def test_what_goes_on_conditions_alone_is_told_from_what_never_goes() -> None:
    assert cell("route-intelligence", MEX).text == "only some, up to TLP:GREEN"
    assert cell("diversion-alert", MEX).text == "nothing"
    assert cell("contact-card", MEX).text == "nothing"


def test_a_cell_is_marked_with_what_it_is_bound_to() -> None:
    assert cell("contact-card", BEL).text == "TLP:GREEN, redacted, consent"
    assert cell("contact-card", RWA, "import").text == "TLP:RED, quarantine"


def test_the_json_form_has_every_cell() -> None:
    shown = found().as_json()
    assert (shown["party"], shown["day"]) == ("KEN", "2026-06-15")
    assert shown["lines"][1]["kinds"]["contact-card"] == {
        "label": "TLP:GREEN",
        "at_most": "TLP:GREEN",
        "marks": ["redacted", "consent"],
        "text": "TLP:GREEN, redacted, consent",
    }
