"""`rogatory trace show`: a trace with all its legs, and what the answers make together.

What is owed besides, and every event, is left to `rogatory case show`.
"""

from collections.abc import Iterator
from typing import Final

from broker.app.contents import Content
from broker.app.tracing import TraceCase, TraceLeg, route, trace_case
from broker.cli.following import short_time
from broker.cli.handling_words import handling_fields
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.cli.trace_routing import parties_of, route_fields
from broker.cli.trace_words import CaseArgument
from broker.core.cases.clocks import CaseClocks
from broker.core.cases.trace import TRACE
from broker.core.handling import Handling, Restrictions
from broker.core.model import message_id_text
from broker.core.status import iso_time
from broker.core.tracing.custody import Custody, CustodyLink, Named, Source
from broker.core.tracing.route import RouteStep, next_to_ask
from broker.core.tracing.standing import STANDINGS
from broker.infra.clock import SYSTEM_CLOCK

_LEGS: Final = ("asked", "by", "state", "request", "confidentiality", "binds", "owed")
_ANSWERS: Final = ("by", "answer", "outcome", "ground and reasons", "binds")


def show(
    case: CaseArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a trace: its legs, what binds them, the chain of custody, and what is next.

    The chain is put together from all answers; where they contradict one another both
    are shown, and nothing is decided. Restrictions and undertakings of confidentiality
    are part of what was signed.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        now_ms = SYSTEM_CLOCK.now_ms()
        trace = trace_case(node, keys, case, now_ms)
        steps = route(trace, node.party, parties_of(node))
        spans = node.settings.case_clocks
    if as_json:
        print_json(_fields(trace, steps, spans, now_ms))
        return
    print(f"case {trace.case.name}")
    print_table(
        _LEGS, [leg_row(one, spans, now_ms) for one in trace.legs], empty="no legs"
    )
    answers = [content for leg in trace.legs for content in leg.answers]
    print_table(_ANSWERS, [*map(answer_row, answers)], empty="no answer yet")
    for at, custody in enumerate(trace.custodies):
        say_custody(trace, at, custody)
    following = next_to_ask(steps)
    if following is not None:
        note(f"next: {following.country} ({'; '.join(following.reasons)})")


def say_custody(trace: TraceCase, at: int, custody: Custody) -> None:
    """Prints what is known of one item, at its place in the case."""
    described = trace.items[at].described
    name = str(described.get("reference") or f"item {at}")
    say_item("", f"{name}: {_weapon(described)}")
    for link in custody.chain:
        say_item("  ", _link_words(link))
    for point in custody.points:
        say_item("  diverted: ", _finding_words(point, ("stage", "method")))
    for holder in custody.holders:
        words = _finding_words(holder, ("name", "description"))
        say_item("  last lawful holder: ", words)
    for one in custody.conflicts:
        between = " / ".join(one.between)
        say_item("  does not agree: ", f"{one.about}: {one.text} ({between})")
    if custody.next_countries:
        say_item("  records come next: ", ", ".join(custody.next_countries))
    if not (custody.chain or custody.points or custody.holders):
        say_item("  ", "nothing is known of it yet")


def _weapon(described: object) -> str:
    firearm = described.get("firearm") if isinstance(described, dict) else None
    if not isinstance(firearm, dict):
        return ""
    serial, calibre = firearm.get("frameSerial"), firearm.get("calibre")
    words = [firearm.get("make"), firearm.get("model")]
    words += [one.get("raw") for one in (calibre, serial) if isinstance(one, dict)]
    return ", ".join(str(word) for word in words if word)


def _link_words(link: CustodyLink) -> str:
    event = link.event.lower().replace("_", " ")
    to = f" to {link.to_country}" if link.to_country else ""
    sources = ", ".join(f"{one.by} in {one.message}" for one in link.sources)
    return f"{link.date or 'no date'}: {event} in {link.country}{to} ({sources})"


def _finding_words(finding: Named, names: tuple[str, ...]) -> str:
    fields = finding.fields
    place = fields.get("place")
    where = place.get("country", "") if isinstance(place, dict) else ""
    words = [_plain(str(fields[name])) for name in names if name in fields]
    country = str(fields.get("country", "") or where)
    sources = ", ".join(f"{one.by} in {one.message}" for one in finding.sources)
    return f"{', '.join(filter(None, [country, *words]))} ({sources})"


def _plain(word: str) -> str:
    for prefix in ("DIVERSION_STAGE_", "DIVERSION_METHOD_"):
        if word.startswith(prefix):
            return word.removeprefix(prefix).lower().replace("_", " ")
    return word


def leg_row(one: TraceLeg, spans: CaseClocks, now_ms: int) -> tuple[str, ...]:
    """Returns a leg as the row of a table: what binds it, and what is owed in it."""
    return (
        one.leg.addressee,
        one.leg.opener,
        one.standing,
        one.leg.opening.name,
        _confidentiality(one.request),
        "" if one.request is None else _binding(one.request.header.handling),
        "; ".join(_owed(one, spans, now_ms)),
    )


def answer_row(content: Content) -> tuple[str, ...]:
    """Returns an answer as the row of a table, with grounds and reasons."""
    limitation = content.document.get("limitation")
    why = ""
    if isinstance(limitation, dict):
        grounds = [
            str(one).removeprefix("LIMITATION_GROUND_").lower().replace("_", "-")
            for one in limitation.get("grounds", [])
        ]
        why = f"{', '.join(grounds)}: {limitation.get('reasons', '')}"
        if "reviewOn" in limitation:
            why += f" (to be looked at again on {limitation['reviewOn']})"
    return (
        content.header.origin,
        message_id_text(content.header.message_id),
        _outcome(content),
        why,
        _binding(content.header.handling),
    )


def _outcome(content: Content) -> str:
    outcome = str(content.document.get("outcome", ""))
    return outcome.removeprefix("TRACE_OUTCOME_").lower().replace("_", "-")


def _confidentiality(request: Content | None) -> str:
    if request is None:
        return "cannot be read"
    undertaking = request.document.get("undertaking")
    if isinstance(undertaking, dict):
        listed = ", ".join(map(str, undertaking.get("authorities", [])))
        return f"undertaken; seen by {listed}"
    refused = request.document.get("cannotGuarantee")
    reason = refused.get("reason", "") if isinstance(refused, dict) else ""
    return f"cannot be guaranteed: {reason}"


def _binding(handling: Handling) -> str:
    bounds: Restrictions = handling.restrictions
    words = [str(handling)]
    if bounds.no_onward:
        words.append("no onward release without consent")
    if bounds.release_to:
        words.append(f"for {', '.join(bounds.release_to)}")
    if bounds.purposes:
        uses = ", ".join(use.word for use in sorted(bounds.purposes))
        words.append(f"to be used for {uses}")
    words += filter(None, (bounds.purpose, bounds.other))
    if bounds.retention_days:
        words.append(f"kept {bounds.retention_days} days")
    return "; ".join(words)


def _owed(one: TraceLeg, spans: CaseClocks, now_ms: int) -> Iterator[str]:
    for owed in one.leg.owed(spans):
        if owed.due_ms is None:
            yield f"{owed.by}: {owed.debt.what}, once it has come there"
        else:
            late = "OVERDUE since" if owed.overdue(now_ms) else "until"
            yield f"{owed.by}: {owed.debt.what}, {late} {short_time(owed.due_ms)}"


def _fields(
    trace: TraceCase, steps: tuple[RouteStep, ...], spans: CaseClocks, now_ms: int
) -> dict[str, object]:
    following = next_to_ask(steps)
    return {
        "case": trace.case.name,
        "legs": [_leg_fields(one, spans, now_ms) for one in trace.legs],
        "items": [
            {
                "described": dict(trace.items[at].described),
                **_custody_fields(custody),
            }
            for at, custody in enumerate(trace.custodies)
        ],
        "route": [route_fields(one) for one in steps],
        "next": None if following is None else str(following.country),
    }


def _leg_fields(one: TraceLeg, spans: CaseClocks, now_ms: int) -> dict[str, object]:
    request = one.request
    document = {} if request is None else request.document
    return {
        "request": one.leg.opening.name,
        "by": str(one.leg.opener),
        "to": str(one.leg.addressee),
        "state": one.standing,
        "means": STANDINGS.get(one.standing) or TRACE.states[one.standing],
        "asked": iso_time(one.leg.opening.at_ms),
        "handling": None
        if request is None
        else handling_fields(request.header.handling),
        "undertaking": document.get("undertaking"),
        "cannot_guarantee": document.get("cannotGuarantee"),
        "owed": [
            {
                "by": str(owed.by),
                "what": owed.debt.what,
                "due": None if owed.due_ms is None else iso_time(owed.due_ms),
                "overdue": owed.overdue(now_ms),
            }
            for owed in one.leg.owed(spans)
        ],
        "answers": [
            {
                "id": message_id_text(content.header.message_id),
                "digest": content.message_digest.hex(),
                "by": str(content.header.origin),
                "outcome": _outcome(content),
                "limitation": content.document.get("limitation"),
                "handling": handling_fields(content.header.handling),
            }
            for content in one.answers
        ],
    }


def _custody_fields(custody: Custody) -> dict[str, object]:
    return {
        "chain": [
            {"step": dict(link.step), "sources": _sources(link.sources)}
            for link in custody.chain
        ],
        "points_of_diversion": [*map(_finding_fields, custody.points)],
        "last_legal_holders": [*map(_finding_fields, custody.holders)],
        "statuses": [{"by": by, "status": word} for by, word in custody.statuses],
        "next_countries": list(custody.next_countries),
        "conflicts": [
            {"about": one.about, "text": one.text, "between": list(one.between)}
            for one in custody.conflicts
        ],
    }


def _finding_fields(finding: Named) -> dict[str, object]:
    return {"said": dict(finding.fields), "sources": _sources(finding.sources)}


def _sources(sources: tuple[Source, ...]) -> list[dict[str, str]]:
    return [{"by": one.by, "message": one.message} for one in sources]
