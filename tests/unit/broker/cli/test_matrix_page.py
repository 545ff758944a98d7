"""The page of a matrix says everything in words, and escapes what it is given."""

from datetime import date

from broker.cli.matrix_page import matrix_page
from broker.core.handling import Tlp
from broker.core.policy.matrix import Cell, Line, Matrix
from broker.core.policy.outcome import Outcome
from keys.identity import PartyId

NOTHING = Cell(label=None, at_most=None, terms=None)
SOME = Cell(label=None, at_most=Tlp.GREEN, terms=None)
MORE = Cell(label=Tlp.AMBER_STRICT, at_most=Tlp.RED, terms=Outcome(with_consent=True))


def test_a_cell_says_what_goes_and_names_are_escaped() -> None:
    line = Line(parties=(PartyId("BEL"),), cells=(NOTHING, SOME, MORE))
    matrix = Matrix(
        party=PartyId("KEN"),
        side="import",
        day=date(2026, 6, 15),
        kinds=("a", "<script>alert(1)</script>", "c"),
        lines=(line,),
    )
    page = matrix_page(matrix, [("<b>everyone</b> & more", line)])
    assert "What KEN takes in on 2026-06-15" in page
    assert '<td class="none">nothing</td>' in page
    assert "only on conditions<small>some up to TLP:GREEN</small>" in page
    assert '<td class="amber-strict">TLP:AMBER+STRICT<small>consent</small>' in page
    assert "<small>some up to TLP:RED</small>" in page
    assert "<script" not in page
    assert "&lt;b&gt;everyone&lt;/b&gt; &amp; more" in page
