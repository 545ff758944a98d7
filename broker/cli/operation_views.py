"""`rogatory operation list` and `show`: who is in an operation, and what it shared.

What counts is left to `broker.core.operations`.
"""

from collections.abc import Iterator
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.operations import operation_book, operation_named
from broker.cli.following import IdArgument, short_time
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, id_of, node_session
from broker.core.errors import RefusedError
from broker.core.operations.group import Phase
from broker.core.operations.membership import Membership
from broker.core.operations.sharing import untold
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.services.operations import Report

_SHOWN: Final = 12  # hexadecimal digits of a digest in a table


def list_(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists joint operations, oldest first, with who is in each."""
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        keys = unlock(node, passphrase_file)
        found = list(operation_book(node, keys).operations())
    known = [one for _, one in found if isinstance(one, Membership)]
    odd = [(d, one) for d, one in found if isinstance(one, RefusedError)]
    if as_json:
        print_json(
            {
                "operations": [_fields(one, now_ms) for one in known],
                "without_effect": [
                    {"digest": digest.hex(), "why": error.detail}
                    for digest, error in odd
                ],
            }
        )
        return
    rows = [
        (
            one.group.digest.hex()[:_SHOWN],
            one.group.name,
            one.group.opener,
            str(one.group.first),
            str(one.group.last),
            one.phase(now_ms).value,
            ", ".join(one.inside),
            ", ".join(sorted(one.group.members - {*one.inside})),
        )
        for one in known
    ]
    columns = ("id", "name", "opened by", "from", "until", "now", "in it", "not in it")
    print_table(columns, rows, empty="No joint operation is known.")
    for digest, error in odd:
        note(f"{digest.hex()[:_SHOWN]} opens no group: {error.detail}")


def show(
    operation: IdArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a joint operation: its members, and what they have reported.

    What has no place in it had no effect, and is shown as such.
    """
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        digest = find(node, operation).message.message_digest
        keys = unlock(node, passphrase_file)
        known, _ = operation_named(node, keys, digest)
        reports = list(_reports(node, keys, known))
    if as_json:
        fields = _fields(known, now_ms)
        listed = [_report_fields(known, one) for one in reports]
        print_json({**fields, "reports": listed})
        return
    _say(known, now_ms)
    for one in reports:
        _say_report(known, one)
    for odd in known.without_effect:
        said = odd.said
        note(
            f"without effect: {said.act.value} of {said.by}, "
            f"{short_time(said.at_ms)}: {odd.why}"
        )


def _reports(node: Node, keys: NodeKeys, known: Membership) -> Iterator[Report]:
    yield from operation_book(node, keys).reports(known)


def _say(known: Membership, now_ms: int) -> None:
    group, phase = known.group, known.phase(now_ms)
    name = " ".join(group.name.split())  # in others' words: it stays on one line
    say_item("", f"{name}, opened by {group.opener}: {group.first} to {group.last}")
    say_item("  about: ", group.objective)
    for party, standing in known.standing.items():
        since = known.left_ms.get(party) or known.joined_ms.get(party)
        when = f", {short_time(since)}" if since else ""
        print(f"  {party} {standing.value}{when}")
    if known.closed_ms is not None:
        print(f"  ended by {group.opener}, {short_time(known.closed_ms)}")
    match phase:
        case Phase.AHEAD:
            note(f"Nothing is shared in it before {group.first}.")
        case Phase.OVER:
            note("It is over: what was shared can only be read.")
        case Phase.RUNNING:
            pass


def _say_report(known: Membership, one: Report) -> None:
    header = one.message.header
    print()
    print(f"{short_time(header.created_ms)} {header.origin}, {id_of(one.message)}")
    if one.outside:
        note(f"out of place, without effect: {one.outside}")
        return
    say_item("  ", str(one.document.get("title", "")))
    say_item("  ", str(one.document.get("text", "")))
    missing = untold(known, header.origin, frozenset(header.parties))
    if missing:
        note(f"  not told of it: {', '.join(missing)}")


def _fields(known: Membership, now_ms: int) -> dict[str, object]:
    group = known.group
    return {
        "digest": group.digest.hex(),
        "name": group.name,
        "opened_by": group.opener,
        "from": group.first.isoformat(),
        "until": group.last.isoformat(),
        "now": known.phase(now_ms).value,
        "objective": group.objective,
        "members": {
            party: {
                "standing": standing.value,
                "joined": _time(known.joined_ms.get(party)),
                "left": _time(known.left_ms.get(party)),
            }
            for party, standing in known.standing.items()
        },
        "ended": _time(known.closed_ms),
        "without_effect": [
            {
                "message": odd.said.digest.hex(),
                "from": odd.said.by,
                "act": odd.said.act.value,
                "why": odd.why,
            }
            for odd in known.without_effect
        ],
    }


def _report_fields(known: Membership, one: Report) -> dict[str, object]:
    header = one.message.header
    return {
        "id": id_of(one.message),
        "digest": one.message.message_digest.hex(),
        "from": header.origin,
        "to": list(header.parties),
        "sealed": iso_time(header.created_ms),
        "out_of_place": one.outside or None,
        "not_told": list(untold(known, header.origin, frozenset(header.parties))),
        "content": None if one.outside else one.document,
    }


def _time(at_ms: int | None) -> str | None:
    return iso_time(at_ms) if at_ms else None
