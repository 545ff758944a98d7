"""`rogatory trace plan` and `next`: whose records come first, and the next leg.

Which records tell of an item is said in `broker.core.tracing`.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from broker.app.credentials import NodeKeys
from broker.app.domestic import KnownRecord, look_up
from broker.app.further_leg import FurtherLeg, further_leg
from broker.app.linting import read_request
from broker.app.node_folder import Node, stored_trust
from broker.app.tracing import route, trace_case
from broker.cli.options import (
    JsonOption,
    NodeOption,
    PassphraseOption,
    node_named,
)
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.cli.trace_words import CaseArgument, OutOption, draft_of, put_draft
from broker.core.errors import ConfigurationError
from broker.core.linting.trace_request import TRACE_REQUEST
from broker.core.tracing.route import Progress, RouteStep, next_to_ask, route_of
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.document_files import load_file
from keys.errors import RefreshError

_COLUMNS = ("", "whose records", "why", "items", "state")


def plan(
    what: Annotated[
        str,
        typer.Argument(
            help="File with a trace request; or reference of a case, or id of any "
            "message in it."
        ),
    ],
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says whose records come first for a trace, who was asked, and who is next.

    One's own records come first, then those of the State of manufacture (of a former
    State: of those that followed it), then those of the last importer. What an answer
    names as the next goes before marks. Nothing is sent.

    A case needs a node (--node, or set ROGATORY_NODE); a file does not.
    """
    file = Path(what)
    if file.is_file() and not node_named(node_dir):
        show_route(
            route_of(_items(read_request(load_file(file)).content), ""),
            (),
            as_json=as_json,
        )
        return
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        if file.is_file():
            request = read_request(load_file(file)).content
            steps = route_of(_items(request), node.party, parties=parties_of(node))
            records = look_up(node, keys, request).records
        else:
            trace = trace_case(node, keys, what, SYSTEM_CLOCK.now_ms())
            steps = route(trace, node.party, parties_of(node))
            items = [dict(item.described) for item in trace.items]
            records = look_up(node, keys, {"items": items}).records
    show_route(steps, records, as_json=as_json)


def next_(
    case: CaseArgument,
    to: Annotated[
        str | None, typer.Option(help="Whom to ask; the next by the plan when absent.")
    ] = None,
    out: OutOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Drafts the request of the next leg, from an answer or from the marks.

    The items are those that the answer leads on for. What the State that answered has
    told stands in it only as far as that State allows it to be passed on; what is kept
    back is said, and how to ask for consent. Nothing is sent: look at the draft, lint
    it, and send it with rogatory send.
    """
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        leg = _drafted(node, keys, case, to)
    draft = draft_of(
        TRACE_REQUEST, [leg.to], leg.handling, leg.case_reference, leg.content
    )
    put_draft(draft, out, list(_advice(leg, out)), as_json=as_json)


def parties_of(node: Node) -> frozenset[str] | None:
    """Returns everybody in the directory as it is stored; None when it has expired."""
    try:
        return frozenset(map(str, stored_trust(node).view.parties))
    except RefreshError:
        return None


def show_route(
    steps: Iterable[RouteStep], records: Sequence[KnownRecord], *, as_json: bool
) -> None:
    """Prints the way of a trace, and what is known at home.

    Args:
        steps: The way.
        records: What own lists and messages say.
        as_json: Print one JSON document.
    """
    shown = list(steps)
    following = next_to_ask(shown)
    if as_json:
        print_json(
            {
                "steps": [route_fields(one) for one in shown],
                "next": None if following is None else str(following.country),
                "known_here": [*map(_record_fields, records)],
            }
        )
        return
    rows = [
        (
            "next" if one is following else "",
            one.country or "your own",
            "; ".join(one.reasons),
            ", ".join(map(str, one.items)),
            ", ".join(one.states) or one.progress.value,
        )
        for one in shown
    ]
    print_table(_COLUMNS, rows, empty="There is nothing to ask about.")
    for record in records:
        say_item(f"{record.path}: ", record.text)
    for one in shown:
        if one.progress is Progress.ELSEWHERE:
            note(
                f"{one.country} is no party here: ask through the INTERPOL channel, or "
                "the directory of competent authorities"
            )


def route_fields(step: RouteStep) -> dict[str, object]:
    """Returns a step of the way as JSON."""
    return {
        "country": str(step.country) or None,
        "grounds": [one.value for one in step.grounds],
        "reasons": list(step.reasons),
        "items": list(step.items),
        "progress": step.progress.value,
        "states": list(step.states),
    }


def _record_fields(record: KnownRecord) -> dict[str, object]:
    return {
        "item": record.path,
        "list": record.list_name or None,
        "entry": record.reference or None,
        "kind": record.kind or None,
        "message": record.message_digest.hex() or None,
        "score": record.score,
        "reasons": list(record.reasons),
    }


def _items(request: Mapping[str, object]) -> list[Mapping[str, object]]:
    items = request.get("items")
    listed = items if isinstance(items, list) else []
    return [one for one in listed if isinstance(one, Mapping)]


def _drafted(node: Node, keys: NodeKeys, case: str, to: str | None) -> FurtherLeg:
    now_ms = SYSTEM_CLOCK.now_ms()
    trace = trace_case(node, keys, case, now_ms)
    if not trace.opened_by(node.party):
        raise ConfigurationError(
            "no request in this trace is ours: only who asked can ask on"
        )
    steps = route(trace, node.party, parties_of(node))
    step = next_to_ask(steps)
    if to is not None:
        step = next((one for one in steps if one.country == to), None)
    if step is None:
        known = ", ".join(one.country for one in steps if one.country != node.party)
        raise ConfigurationError(
            f"nothing leads to {to}; known are {known or 'none'}"
            if to
            else "everybody that answers and marks lead to was asked; see: rogatory "
            f"trace show {trace.case.name}"
        )
    if step.progress is Progress.AT_HOME:
        raise ConfigurationError("these are your own records: consult them yourself")
    if step.progress is Progress.ASKED:
        raise ConfigurationError(
            f"{step.country} was asked already ({', '.join(step.states)}): one leg for "
            "each State; go on in that one"
        )
    return further_leg(node, keys, trace, step, now_ms)


def _advice(leg: FurtherLeg, out: Path | None) -> Iterable[str]:
    name = out or "FILE"
    yield f"Further leg to {leg.to}: {leg.why}."
    for one in leg.kept_back:
        yield f"What {one.by} answered is not in it ({one.why})."
        yield (
            f"  Ask: rogatory permission ask {one.message} --to {leg.to} "
            "--purpose point-of-diversion --reason '...'"
        )
    yield f"Look at it, then: rogatory trace lint {name}"
    reply = f" --reply-to {leg.answer}" if leg.answer and not leg.case_reference else ""
    yield f"and: rogatory send {name}{reply}"
