"""The report of a month as one page that needs nothing else and asks nobody.

What stands in it is left to `broker.core.trails.report`, its chart to `audit_chart`.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from broker.cli.audit_chart import ASIDE, STACKED, days_chart
from broker.cli.pages import html_page
from broker.core.status import iso_time
from broker.core.trails.report import Counts, MonthReport
from keys.identity import HUB

_COUNTS: Final = (*STACKED, ASIDE)
_UNITS: Final = (
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
)
_SHOWN_DIGITS: Final = 24  # of a digest
_OF_ALL: Final = (
    "<p>A message is sent by one party and received for each of its recipients; "
    "above, the hub counts it once, as sent.</p>"
)
_STYLE: Final = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1a1a1a; --soft: #5c6066;
  --line: #d5d8dc; --panel: #f5f6f8; --sent: #2f6fb0; --received: #4d9a6b;
  --withheld: #9a9fa6; --refused: #c2452f; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181a; --ink: #ececec;
  --soft: #a3a8ae; --line: #3a3e43; --panel: #1f2225; --sent: #6ba4dd;
  --received: #6fbf8f; --withheld: #83888f; --refused: #e8765f; } }
* { box-sizing: border-box; }
body { background: var(--ground); color: var(--ink); margin: 0 auto; padding: 2rem;
  max-width: 68rem; font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem;
  margin: 2.2rem 0 .6rem; }
p, .soft { color: var(--soft); margin: .2rem 0; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
  gap: .8rem; margin: 1.4rem 0; }
dl div { background: var(--panel); border-radius: .5rem; padding: .7rem 1rem; }
dt { color: var(--soft); font-size: .9rem; }
dd { margin: 0; font-size: 1.7rem; font-variant-numeric: tabular-nums; }
figure { margin: 0; }
figcaption { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; color: var(--soft);
  font-size: .9rem; }
figcaption i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px;
  margin-right: .4rem; vertical-align: -.08rem; }
svg { display: block; width: 100%; min-width: 38rem; height: auto;
  font-size: 11px; }
svg text { fill: var(--soft); text-anchor: middle; }
svg text.scale { text-anchor: end; } svg text.weekend { opacity: .6; }
svg .across { stroke: var(--line); } svg .slot { fill: transparent; }
svg g:hover .slot { fill: var(--panel); }
rect.sent { fill: var(--sent); } rect.received { fill: var(--received); }
rect.withheld { fill: var(--withheld); } rect.refused { fill: var(--refused); }
i.sent { background: var(--sent); } i.received { background: var(--received); }
i.withheld { background: var(--withheld); } i.refused { background: var(--refused); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .7rem .35rem 0;
  text-align: right; white-space: nowrap; }
th:first-child, td:first-child, .words td, .words th { text-align: left; }
thead th { color: var(--soft); font-weight: 500; font-size: .9rem; }
tbody th { font-weight: 400; } tfoot th, tfoot td { font-weight: 600; }
code { font-size: .9em; }
summary { cursor: pointer; color: var(--soft); margin-top: 1rem; }
@page { size: A4; margin: 1.4cm; }
@media print { body { padding: 0; max-width: none; font-size: 9pt; }
  h2 { break-after: avoid; } tr, figure { break-inside: avoid; }
  .wide { overflow: visible; } svg { min-width: 0; }
  rect, i, dl div { print-color-adjust: exact; } }
"""


def report_page(report: MonthReport) -> str:
    """Returns the page, in HTML. Every word of others is escaped; no script runs."""
    whose = "the hub" if report.reader == HUB else report.reader
    title = f"Exchange of {whose} in {report.month}"
    chart = days_chart(report.by_day, f"Messages of each day of {report.month}")
    legend = "".join(f'<span><i class="{name}"></i>{name}</span>' for name in _COUNTS)
    main = f"""<h1>{escape(title)}</h1>
<p>Days and times are of UTC. Made on {iso_time(report.at_ms)}.</p>
{_tiles(report)}
<h2>Messages of each day</h2>
<figure><div class="wide">{chart}</div><figcaption>{legend}</figcaption></figure>
<details><summary>The numbers of each day</summary>
{_volumes("day", [(day.isoformat(), one) for day, one in report.by_day], None)}
</details>
<h2>By kind</h2>
{_volumes("kind", report.by_kind, report.total)}
<p>Besides, {report.upkeep:,} message(s) by which nodes keep their links.</p>
<h2>By party</h2>
{_volumes("party", report.by_party, None)}
{_OF_ALL if report.reader == HUB else ""}
<h2>Refusals and denials</h2>
{_table(("code", "by", "times"), _refusals(report), "Nothing was refused.")}
<h2>How long each step took</h2>
{
        _table(
            (
                "step",
                "times",
                "half within",
                "9 of 10 within",
                "99 of 100 within",
                "most",
            ),
            _latencies(report),
            "No step was taken.",
        )
    }
<p>Steps between two parties are measured with the clocks of both.</p>
<h2>Overdue</h2>
{
        _table(
            ("message", "kind", "party", "missing", "overdue for"),
            _overdue(report),
            "Nothing is overdue.",
            words=True,
        )
    }
"""
    return html_page(title, _STYLE, main)


def duration(ms: int) -> str:
    """Returns a time span for people: two digits or more, in one unit."""
    for unit, size in _UNITS:
        if ms >= size:
            many = ms / size
            return f"{many:.1f} {unit}" if many < 10 else f"{many:.0f} {unit}"  # noqa: PLR2004 - two digits
    return f"{ms} ms"


def _tiles(report: MonthReport) -> str:
    numbers = [(name, getattr(report.total, name)) for name in _COUNTS]
    return (
        "<dl>"
        + "".join(
            f"<div><dt>{name}</dt><dd>{value:,}</dd></div>"
            for name, value in (*numbers, ("overdue now", len(report.overdue)))
        )
        + "</dl>"
    )


def _volumes(of: str, rows: Sequence[tuple[str, Counts]], total: Counts | None) -> str:
    foot = "" if total is None else f"<tfoot>{_counted('all', total)}</tfoot>"
    body = "".join(_counted(name, counts) for name, counts in rows)
    if not rows:
        return "<p>None.</p>"
    return f"{_head((of, *_COUNTS))}<tbody>{body}</tbody>{foot}</table></div>"


def _counted(name: str, counts: Counts) -> str:
    cells = "".join(f"<td>{getattr(counts, one):,}</td>" for one in _COUNTS)
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'


def _table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    empty: str,
    *,
    words: bool = False,
) -> str:
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        for row in rows
    )
    if not body:
        return f"<p>{empty}</p>"
    return f"{_head(columns, words=words)}<tbody>{body}</tbody></table></div>"


def _head(columns: Sequence[str], *, words: bool = False) -> str:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    style = ' class="words"' if words else ""
    return f'<div class="wide"><table{style}><thead><tr>{heads}</tr></thead>'


def _refusals(report: MonthReport) -> Iterable[Sequence[str]]:
    return ((code, by, f"{count:,}") for code, by, count in report.refusals)


def _latencies(report: MonthReport) -> Iterable[Sequence[str]]:
    for one in report.latencies:
        took = map(duration, (one.p50_ms, one.p90_ms, one.p99_ms, one.most_ms))
        yield (one.span, f"{one.count:,}", *took)


def _overdue(report: MonthReport) -> Iterable[Sequence[str]]:
    for one in report.overdue:
        digest = one.message_digest.hex()[:_SHOWN_DIGITS]
        late = duration(max(0, report.at_ms - one.due_ms))
        yield digest, one.kind, one.party, one.missing, late
