"""The matrix of a policy as one page that needs nothing else and asks nobody.

What stands in it is left to `broker.core.policy.matrix`.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from broker.cli.pages import html_page
from broker.core.handling import Tlp
from broker.core.policy.matrix import ORDINARY, Cell, Line, Matrix

_TITLES: Final = {"export": "What {} lets out", "import": "What {} takes in"}
_STYLE: Final = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1a1a1a; --line: #bbb;
  --none: #f4f4f4; --some: #fff; --clear: #e6f2ec; --green: #c3e6d2;
  --amber: #ffe2a8; --strict: #ffc46b; --red: #ffab9e; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181a; --ink: #ececec;
  --line: #555; --none: #202326; --some: #16181a; --clear: #1e3329; --green: #1d4a33;
  --amber: #5a4310; --strict: #7a5200; --red: #80261a; } }
body { background: var(--ground); color: var(--ink); margin: 2rem;
  font: 1rem/1.4 system-ui, sans-serif; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
caption { text-align: left; font-size: 1.4rem; font-weight: 600;
  padding-bottom: .5rem; }
th, td { border: 1px solid var(--line); padding: .4rem .6rem; text-align: left;
  vertical-align: top; }
tbody th { min-width: 10rem; max-width: 24rem; font-weight: 600; }
td { min-width: 6.5rem; }
td small { display: block; }
.none { background: var(--none); }
.some { background: var(--some); font-style: italic; }
.clear { background: var(--clear); } .green { background: var(--green); }
.amber { background: var(--amber); } .amber-strict { background: var(--strict); }
.red { background: var(--red); }
@page { size: A4 landscape; margin: 1cm; }
@media print {
  body { margin: 0; font-size: 5.8pt; }
  .wide { overflow: visible; }
  table { width: 100%; }
  caption { font-size: 12pt; }
  th, td { padding: .15rem; overflow-wrap: break-word;
    print-color-adjust: exact; }
  td, tbody th { min-width: 0; }
  tr { break-inside: avoid; }
}
"""


def matrix_page(matrix: Matrix, rows: Sequence[tuple[str, Line]]) -> str:
    """Returns the page, in HTML.

    Args:
        matrix: What to show.
        rows: Its lines, each with words for its parties.
    """
    title = _TITLES[matrix.side].format(matrix.party)
    kinds = "".join(f'<th scope="col">{escape(kind)}</th>' for kind in matrix.kinds)
    body = "\n".join(_row(who, line) for who, line in rows)
    main = f"""<div class="wide" role="region" aria-labelledby="what" tabindex="0">
<table>
<caption id="what">{escape(title)} on {matrix.day.isoformat()}</caption>
<thead><tr><th scope="col">parties</th>{kinds}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</div>
<p>A cell shows the most closed label with which an ordinary message goes, and what it
is bound to. {escape(ORDINARY)} What more goes on conditions stands below it.</p>
"""
    return html_page(title, _STYLE, main)


def _row(who: str, line: Line) -> str:
    cells = "".join(map(_cell, line.cells))
    return f'<tr><th scope="row">{escape(who)}</th>{cells}</tr>'


def _cell(cell: Cell) -> str:
    if cell.at_most is None:
        return '<td class="none">nothing</td>'
    more = f"<small>some up to {escape(cell.at_most.label)}</small>"
    if cell.label is None:
        return f'<td class="some">only on conditions{more}</td>'
    words = "".join(_small(cell))
    beyond = more if cell.at_most > cell.label else ""
    label = escape(cell.label.label)
    return f'<td class="{_class(cell.label)}">{label}{words}{beyond}</td>'


def _small(cell: Cell) -> Iterator[str]:
    for mark in cell.marks:
        yield f"<small>{escape(mark)}</small>"


def _class(label: Tlp) -> str:
    return label.name.lower().replace("_", "-")
