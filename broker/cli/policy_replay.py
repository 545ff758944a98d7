"""`rogatory policy replay`: what past messages would have got under another policy.

Asking again is left to `broker.core.policy.replay`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.node_folder import Node
from broker.cli.export_plans import treated_words
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, node_session
from broker.core.codec.policy import decode_policy
from broker.core.decisions import past_of
from broker.core.drafting import span_ms
from broker.core.errors import ConfigurationError
from broker.core.fields import FieldClass, Treatment
from broker.core.policy.past import Past, Verdict
from broker.core.policy.replay import Change, Replay
from broker.core.policy.rules import Policy
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.core.status import iso_time
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.node_store import NodeStore
from broker.infra.policy_files import read_policy
from keys.identity import PartyId

_PAGE: Final = 5000  # decisions read at a time
_Fields = tuple[tuple[FieldClass, Treatment], ...]


def replay(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="A policy file; the published policy if absent."
        ),
    ] = None,
    since: Annotated[str, typer.Option(help="How far to go back: 12h, 30d.")] = "30d",
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows what real messages would have got under a policy, and changes nothing.

    Every message that was sent, withheld, received or refused here is asked about
    again, as of its own time. What would have fared otherwise is listed: by party and
    kind, what it got, what it would have got, how often, and by which rules.

    What others denied, such as the recipient's own policy, stays denied. The days on
    which the policy as a whole is in force do not count, so that one can be tried
    before it is.
    """
    since_ms = SYSTEM_CLOCK.now_ms() - span_ms(since)
    with node_session(node_dir) as node:
        # First what can be wrong in the file: it needs no passphrase.
        own = None if file is None else _in_file(node, file)
        keys = unlock(node, passphrase_file)
        policy = own or _published(node, current_trust(node, passphrase_file))
        found = Replay.under(policy)
        store_key = keys.holder.store_key
        for past in past_in(node.store, store_key, node.party, since_ms):
            found.ask(past)
    if as_json:
        print_json(_fields(found, since_ms))
    else:
        show(found, since)


def _in_file(node: Node, path: Path) -> Policy:
    policy = read_policy(path).policy
    if policy.party != node.party:
        raise ConfigurationError(f"{path} is the policy of {policy.party}")
    return policy


def _published(node: Node, trust: Trust) -> Policy:
    entry = trust.view.parties.get(node.party)
    if entry is None or entry.policy is None:
        raise ConfigurationError(
            f"{node.party} has published no policy; name a file to ask instead"
        )
    return decode_policy(entry.policy)


def past_in(
    store: NodeStore, store_key: bytes, own: PartyId, since_ms: int
) -> Iterator[Past]:
    """Yields what was decided, oldest first, and says how far it has come.

    Args:
        store: The node's.
        store_key: Its key.
        own: Whose node it is.
        since_ms: The first ms since the epoch that counts.

    Raises:
        ContentError: Something was protected under another key.
    """
    total = store.count_decisions(since_ms)
    after, done = 0, 0
    while page := store.decisions_since(since_ms, after, _PAGE):
        for _, record in page:
            # Of a content that was destroyed, nothing is left that could be asked;
            # and about what keeps the exchange in order nobody was asked.
            if record.protected and record.kind not in PROTOCOL_KINDS:
                yield past_of(store_key, record, own)
        after, done = page[-1][0], done + len(page)
        if total > _PAGE:
            note(f"{min(done, total)} of {total} decisions")


def show(found: Replay, since: str) -> None:
    """Shows what would have been otherwise, and counts the rest.

    Args:
        found: What was asked.
        since: How far back, as it was typed.
    """
    rows = [
        (
            str(count),
            one.direction.value,
            one.party,
            one.kind,
            f"{_words(one.old, one.old_fields)} → {_words(one.new, one.new_fields)}",
            one.why,
        )
        for one, count in _sorted(found)
    ]
    print_table(
        ("messages", "side", "party", "kind", "change", "why"),
        rows,
        empty="Nothing would have changed." if found.asked else "Nothing was decided.",
    )
    note(
        f"{found.asked} decisions of the last {since}; {found.same} would be the same."
    )
    if found.by_others:
        note(f"{found.by_others} of these were denied by others, or for want of a key.")
    if found.to_approve:
        note(f"{found.to_approve} would have waited until officers approve.")


def _sorted(found: Replay) -> list[tuple[Change, int]]:
    return sorted(found.changes.items(), key=lambda one: (-one[1], one[0]))


def _words(verdict: Verdict, fields: _Fields) -> str:
    return f"{verdict.value} ({treated_words(fields)})" if fields else verdict.value


def _fields(found: Replay, since_ms: int) -> dict[str, object]:
    return {
        "since": iso_time(since_ms),
        "asked": found.asked,
        "same": found.same,
        "denied_by_others": found.by_others,
        "to_approve": found.to_approve,
        "changes": [
            {
                "messages": count,
                "side": one.direction.value,
                "party": one.party,
                "kind": one.kind,
                "old": _effect(one.old, one.old_fields),
                "new": _effect(one.new, one.new_fields),
                "why": one.why,
            }
            for one, count in _sorted(found)
        ],
    }


def _effect(verdict: Verdict, fields: Sequence[tuple[FieldClass, Treatment]]) -> object:
    return {
        "verdict": verdict.value,
        "fields": {one.word: how.word for one, how in fields},
    }
