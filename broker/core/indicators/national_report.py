"""A draft of a State's report on the Programme of Action and the tracing instrument.

It holds what the exchanged messages show, and leaves open what only people know. It is
not official before a person has approved it. Gathering is left to `broker.app`, files
to the command line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from broker.core.indicators.arms import Reason, Recovered, Traced
from broker.core.indicators.odt import Block, Grid, Heading, Paragraph
from broker.core.indicators.sdg import Figures, percent
from broker.core.indicators.suppression import Table

OPEN: Final = "[to be filled in]"
"""What stands where only people know the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the messages of some years show.

    Attributes:
        country: Whose report it is: ISO 3166-1 alpha-3.
        years: Those that it covers, ascending.
        offices: Points of contact as the directory has them, in words.
        figures: Of indicator 16.4.2, by year.
        left_out: What does not count in them, by year and reason.
        traces: How many requests were sent and received, and what came of them, by
            ("sent", "answered") and the like.
        counts: Other numbers, by what they count.
        people: Tables of people by role, small numbers hidden.
        practices: Marking practices and declarations in force, in words.
    """

    country: str
    years: tuple[int, ...]
    offices: tuple[str, ...] = ()
    figures: Mapping[int, Figures] = field(default_factory=lambda: MappingProxyType({}))
    left_out: Mapping[tuple[int, Reason], int] = field(
        default_factory=lambda: MappingProxyType({})
    )
    traces: Mapping[tuple[str, str], int] = field(
        default_factory=lambda: MappingProxyType({})
    )
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    people: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    practices: tuple[str, ...] = ()


def draft(gathered: Gathered) -> dict[str, object]:
    """Returns the draft as plain data: what is shown, and what is to be filled in.

    The places to be filled in stand under "answers" and hold null.
    """
    nothing = Figures(cells={})
    years = {year: gathered.figures.get(year, nothing) for year in gathered.years}
    return {
        "report": "programme-of-action",
        "state": "draft",
        "country": gathered.country,
        "years": list(gathered.years),
        "sections": [
            _section("Points of contact", gathered.offices, "national_coordination"),
            _section("Manufacture", (), "manufacture_law", "manufacture_licences"),
            _section(
                "International transfers",
                _lines(gathered.counts, "verification", "re-export"),
                "transfer_law",
            ),
            _section("Brokering", (), "brokering_law"),
            _section("Stockpiles", _lines(gathered.counts, "loss"), "stockpile_law"),
            {
                **_section(
                    "Collection", _lines(gathered.counts, "disposition"), "campaigns"
                ),
                "tables": [
                    _recovered(years),
                    _left_out(gathered.left_out),
                    *map(_people, gathered.people.items()),
                ],
            },
            _section("Marking and records", gathered.practices, "record_keeping"),
            {
                **_section("Tracing", (), "tracing_procedures"),
                "tables": [
                    _traces(gathered.traces),
                    _indicator(years),
                    _progress(years),
                ],
            },
            _section(
                "Cooperation and assistance",
                _lines(gathered.counts, "assistance", "operation", "prosecution"),
                "assistance_remarks",
            ),
        ],
    }


def open_answers(report: Mapping[str, object]) -> list[str]:
    """Returns the names of the places that nobody has filled in."""
    return [
        name
        for section in _sections(report)
        for name, answer in section["answers"].items()
        if answer is None
    ]


def blocks_of(report: Mapping[str, object]) -> list[Block]:
    """Returns the report as a document for word processors shows it."""
    blocks: list[Block] = [Paragraph(text=_status(report), note=True)]
    for number, section in enumerate(_sections(report), start=1):
        blocks.append(Heading(text=f"{number}. {section['title']}", level=2))
        blocks += [Paragraph(text=str(line)) for line in section["shown"]]
        blocks += [
            block for table in section.get("tables", ()) for block in _grid(table)
        ]
        blocks += [
            Paragraph(text=f"{_words(name)}: {OPEN if answer is None else answer}")
            for name, answer in section["answers"].items()
        ]
    return blocks


def title_of(report: Mapping[str, object]) -> str:
    """Returns the title of a report."""
    years = report["years"]
    span = "-".join(str(year) for year in years) if isinstance(years, list) else ""
    return f"Programme of Action and tracing instrument: {report['country']}, {span}"


def _status(report: Mapping[str, object]) -> str:
    approved = report.get("approved")
    if isinstance(approved, Mapping):
        return f"Approved by {approved['by']} on {approved['on']}."
    return (
        "DRAFT, made from exchanged messages. It shows what they say and no more; "
        "nothing of it is official before a person has approved it."
    )


def _section(title: str, shown: Iterable[str], *answers: str) -> dict[str, object]:
    return {
        "title": title,
        "shown": list(shown),
        "answers": dict.fromkeys(answers),
    }


def _sections(report: Mapping[str, object]) -> list[dict[str, dict[str, object]]]:
    listed = report["sections"]
    return listed if isinstance(listed, list) else []


def _lines(counts: Mapping[str, int], *topics: str) -> list[str]:
    return [
        f"{what}: {number}"
        for what, number in sorted(counts.items())
        if what.startswith(topics)
    ]


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _recovered(years: Mapping[int, Figures]) -> dict[str, object]:
    return _table(
        "Arms recovered",
        ("year", *(one.value for one in Recovered), "all"),
        [
            (
                str(year),
                *(str(figures.total(recovered=one)) for one in Recovered),
                str(figures.total()),
            )
            for year, figures in years.items()
        ],
    )


def _left_out(left_out: Mapping[tuple[int, Reason], int]) -> dict[str, object]:
    return _table(
        "Not counted",
        ("year", "reason", "objects"),
        [(str(year), why.value, str(n)) for (year, why), n in sorted(left_out.items())],
    )


def _indicator(years: Mapping[int, Figures]) -> dict[str, object]:
    return _table(
        "Indicator 16.4.2, in %",
        ("year", "16.4.2", "by tracing alone", "of identifiable arms"),
        [
            (
                str(year),
                percent(figures.proportion()),
                percent(figures.proportion(numerator=[Traced.TRACED])),
                percent(figures.proportion(identifiable=True)),
            )
            for year, figures in years.items()
        ],
    )


def _progress(years: Mapping[int, Figures]) -> dict[str, object]:
    return _table(
        "How far tracing has come, in arms",
        ("", *(str(year) for year in years)),
        [
            (
                one.value.replace("-", " "),
                *(str(figures.total(traced=one)) for figures in years.values()),
            )
            for one in Traced
        ],
    )


def _traces(traces: Mapping[tuple[str, str], int]) -> dict[str, object]:
    states = sorted({state for _, state in traces})
    rows = [
        (way, *(str(traces.get((way, state), 0)) for state in states))
        for way in ("sent", "received")
    ]
    return _table("Trace requests", ("", *states), rows)


def _people(entry: tuple[str, Table]) -> dict[str, object]:
    role, table = entry
    return _table(f"People: {role}", table.head, table.lines)


def _table(
    title: str, head: Sequence[str], rows: Iterable[Sequence[str]]
) -> dict[str, object]:
    return {"title": title, "head": list(head), "rows": [list(row) for row in rows]}


def _grid(table: object) -> list[Block]:
    if not isinstance(table, Mapping) or not table["rows"]:
        return []
    return [
        Heading(text=str(table["title"]), level=3),
        Grid(head=table["head"], rows=table["rows"]),
    ]
