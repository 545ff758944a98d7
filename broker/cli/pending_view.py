"""Documents that wait for approval, as commands find and show them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.pending import pending_desk
from broker.app.release_files import ReleaseRequest
from broker.cli.output import note, print_json
from broker.cli.release_words import (
    release_fields,
    statement_fields,
    statement_words,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.session import current_trust, node_session
from broker.core.errors import ConfigurationError
from broker.core.model import message_id_text
from broker.core.pending import Pending, PendingState
from broker.core.status import iso_time
from broker.core.trust import Trust
from broker.services.pending import PendingDesk
from broker.services.pending_look import officers_of
from broker.services.pending_ports import Waiting

_SHORT: Final = 8  # hexadecimal digits that a prefix needs


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSession:
    """A node's desk, open."""

    node: Node
    keys: NodeKeys
    trust: Trust
    desk: PendingDesk

    def find(self, name: str) -> Pending:
        """Returns the document that an id, or the beginning of one, means.

        Raises:
            ConfigurationError: It means none, or several.
        """
        wanted = name.replace("-", "").lower()
        if len(wanted) < _SHORT:
            raise ConfigurationError(f"{name!r} is too short: give {_SHORT} digits")
        found = [
            one
            for one in self.node.store.pending()
            if one.pending_id.hex().startswith(wanted)
        ]
        if len(found) != 1:
            raise ConfigurationError(
                f"{name} means {len(found)} of the documents that wait or have waited; "
                "see: rogatory pending list --all"
            )
        return found[0]

    def request(self, waiting: Waiting, *, with_content: bool) -> ReleaseRequest:
        """Returns what an officer has to see of a document.

        Raises:
            ConfigurationError: Nothing of it can leave now.
        """
        if waiting.plan is None or not waiting.plan.parcels:
            raise ConfigurationError(f"nothing of it can leave now: {waiting.obstacle}")
        release = waiting.plan.release
        named = {name for need in release.needed for name in need.officers}
        officers = officers_of(self.trust, release.origin)
        return ReleaseRequest(
            pending_id=waiting.pending.pending_id,
            lapses_ms=waiting.pending.lapses_ms,
            release=release,
            officers={name: officers[name] for name in sorted(named & set(officers))},
            bodies=tuple(one.body for one in waiting.plan.parcels)
            if with_content
            else (),
        )


@contextmanager
def pending_session(
    given: Path | None, passphrase_file: Path | None
) -> Iterator[PendingSession]:
    """Opens the desk of the node that was named, and closes it again.

    Raises:
        ConfigurationError: None was named, or it is not one.
        KeystoreError: Its keys cannot be read.
        DirectoryError: There is no directory to go by.
    """
    with node_session(given) as node:
        keys = unlock(node, passphrase_file)
        trust = current_trust(node, passphrase_file)
        desk = pending_desk(node, keys, lambda: trust)
        yield PendingSession(node=node, keys=keys, trust=trust, desk=desk)


def show_held(waiting: Waiting, *, as_json: bool) -> None:
    """Says that a document was not sent, but waits for approval."""
    if as_json:
        print_json(pending_fields(waiting, {}))
        return
    name = message_id_text(waiting.pending.pending_id)
    print(name)
    note("NOT SENT YET: it waits until officers have approved it.")
    for count in waiting.tally.counts:
        note(f"  {count}")
    note(f"It waits until {iso_time(waiting.pending.lapses_ms)}.")
    note(f"An officer: rogatory pending approve {name} --key FILE")


def show_outcome(session: PendingSession, pending: Pending, *, as_json: bool) -> None:
    """Says what has become of a document, and as which messages it has left."""
    now = session.desk.look(session.find(pending.pending_id.hex()))
    sent = sent_ids(session.node, [now])
    if as_json:
        print_json(pending_fields(now, sent))
        return
    show_state(now)
    for message_id in sent.get(pending.pending_id, ()):
        print(message_id)
        note(f"What becomes of it: rogatory status {message_id}")


def show_state(waiting: Waiting) -> None:
    """Says what officers said about a document, and what is missing."""
    for heard in waiting.heard:
        note(f"  {statement_words(heard.said)}")
    for said in waiting.stale:
        note(f"  DOES NOT COUNT, it was about something else: {statement_words(said)}")
    note(situation(waiting))


def situation(waiting: Waiting) -> str:
    """Returns in a line how a document stands."""
    if waiting.pending.state is not PendingState.WAITING:
        return waiting.pending.state.value
    parts = [str(count) for count in waiting.tally.counts]
    if waiting.changed:
        parts.insert(0, "WHAT WOULD LEAVE HAS CHANGED since it was held")
    if waiting.stale:
        parts.append(f"{len(waiting.stale)} earlier statement(s) do not count any more")
    if waiting.obstacle:
        parts.append(f"CANNOT LEAVE NOW: {waiting.obstacle}")
    return "; ".join(parts)


def sent_ids(node: Node, looked: Sequence[Waiting]) -> dict[bytes, list[str]]:
    """Returns the ids of the messages as which documents have left, by document."""
    found: dict[bytes, list[str]] = {}
    for one in looked:
        for digest in node.store.released_from(one.pending.pending_id):
            message = node.store.find_sent(digest)
            if message is not None:
                name = message_id_text(message.header.message_id)
                found.setdefault(one.pending.pending_id, []).append(name)
    return found


def pending_fields(
    waiting: Waiting, sent: Mapping[bytes, list[str]]
) -> dict[str, object]:
    """Returns a document that waits for JSON.

    Args:
        waiting: The document.
        sent: From `sent_ids`.
    """
    pending, plan = waiting.pending, waiting.plan
    return {
        "id": message_id_text(pending.pending_id),
        "state": "pending"
        if pending.state is PendingState.WAITING
        else pending.state.value,
        "held": iso_time(pending.held_ms),
        "lapses": iso_time(pending.lapses_ms),
        "kind": waiting.held.kind,
        "to": list(waiting.held.recipients),
        "digest": None if plan is None else plan.digest.hex(),
        "release": None if plan is None else release_fields(plan.release),
        "changed": waiting.changed,
        "obstacle": waiting.obstacle or None,
        "approvals": [
            {
                "rule": count.need.rule_id,
                "needed": count.need.needed,
                "approved": list(count.approved),
                "rejected": list(count.rejected),
                "met": count.met,
            }
            for count in waiting.tally.counts
        ],
        "said": [statement_fields(one.said) for one in waiting.heard],
        "stale": [statement_fields(one) for one in waiting.stale],
        "messages": sent.get(pending.pending_id, []),
    }
