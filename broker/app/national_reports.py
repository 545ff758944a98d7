"""What a report on the Programme of Action can say out of the messages of a node.

What stands where in it is left to `broker.core.indicators.national_report`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from broker.app.cases import cases
from broker.app.contents import contents, each_document
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.statistics import Statistics, unnamed
from broker.core.indicators.national_report import Gathered
from broker.core.indicators.people import people_tables
from broker.core.indicators.sdg import by_year
from broker.core.status import iso_time
from broker.core.trails.trail import Role
from broker.core.trust import Trust

_COUNTED: Final = {
    # Kind: what a line of the report calls it, and the field that tells sorts apart.
    "verification-request": ("verification requests", "", ""),
    "reexport-notification": ("re-export notifications", "", ""),
    "stock-loss": ("losses from stocks", "kind", "LOSS_KIND_"),
    "disposition-record": ("dispositions", "disposition", "DISPOSITION_"),
    "assistance-need": ("assistance needs", "", ""),
    "assistance-offer": ("assistance offers", "", ""),
    "assistance-match": ("assistance projects", "", ""),
    "operation": ("operations, joint", "", ""),
    "prosecution-notice": ("prosecution notices", "stage", "PROCEEDINGS_STAGE_"),
}
_WAYS: Final = {Role.SENT: "sent", Role.RECEIVED: "received"}


def gather(
    node: Node,
    keys: NodeKeys,
    years: Iterable[int],
    statistics: Statistics,
    trust: Trust | None,
) -> Gathered:
    """Returns what the messages of some years show.

    Args:
        node: The node.
        keys: Its keys.
        years: Which.
        statistics: The party's figures.
        trust: The directory, for the offices; None when there is none.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    covered = tuple(sorted(set(years)))
    within = [
        one for one in statistics.records if int(_recovered(one.document)) in covered
    ]
    figures = by_year(statistics.counted.arms)
    return Gathered(
        country=node.party,
        years=covered,
        offices=tuple(_offices(node, trust)),
        figures={year: figures[year] for year in covered if year in figures},
        left_out={
            place: number
            for place, number in statistics.counted.left_out.items()
            if place[0] in covered
        },
        traces=_traces(node, keys, covered),
        counts=_counts(node, keys, covered),
        people=people_tables(within, unnamed),
        practices=tuple(_practices(node, keys)),
    )


def _recovered(document: object) -> str:
    recovery = document.get("recovery") if isinstance(document, dict) else None
    return str(recovery["date"])[:4] if isinstance(recovery, dict) else "0"


def _offices(node: Node, trust: Trust | None) -> Iterator[str]:
    if trust is None:
        return
    record = trust.view.record(node.party)
    contact = record.contact
    yield ", ".join(
        part
        for part in (contact.office or record.name, contact.email, contact.telephone)
        if part
    )
    for office in record.offices:
        yield f"{office.role}: {office.name}"


def _traces(
    node: Node, keys: NodeKeys, years: tuple[int, ...]
) -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for case in cases(node, keys):
        for leg in case.legs:
            if leg.lifecycle.name == "trace" and _year(leg.opening.at_ms) in years:
                way = "sent" if leg.opener == node.party else "received"
                found[way, leg.state] += 1
    return dict(found)


def _counts(node: Node, keys: NodeKeys, years: tuple[int, ...]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for content in each_document(contents(node, keys, _COUNTED)):
        if _year(content.at_ms) in years:
            title, field, prefix = _COUNTED[content.header.kind.partition("/")[0]]
            word = _word(content.document.get(field, ""), prefix)
            sort = f", {word}" if word else ""
            found[f"{title}{sort}, {_WAYS[content.role]}"] += 1
    return dict(found)


def _practices(node: Node, keys: NodeKeys) -> Iterator[str]:
    kinds = {"marking-practice", "component-declaration"}
    for content in each_document(contents(node, keys, kinds)):
        if content.role is Role.SENT:
            document, day = content.document, iso_time(content.at_ms)[:10]
            if "occasion" in document:
                occasion = _word(document["occasion"], "MARKING_OCCASION_")
                yield f"Marking practice ({occasion}), stated on {day}"
            else:
                component = _word(document["component"], "PART_KIND_")
                yield f"Controlled component ({component}), declared on {day}"


def _word(value: object, prefix: str) -> str:
    return str(value).removeprefix(prefix).lower().replace("_", " ")


def _year(at_ms: int) -> int:
    return int(iso_time(at_ms)[:4])
