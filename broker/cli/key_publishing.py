"""How a command changes what a party publishes: at once, or by a request to sign."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.credentials import NodeKeys
from broker.app.key_changes import changing_keys
from broker.app.key_signing import Signable
from broker.app.node_folder import Node
from broker.app.node_link import connected
from broker.app.policy_history import note_own_policy
from broker.app.publishing import (
    Change,
    Draft,
    Said,
    draft_record,
    hand_in,
    last_said,
    publish_draft,
)
from broker.cli.output import note, print_json
from broker.cli.running import run
from broker.core.errors import ConfigurationError
from keys.directory.publishing import PartySubmission
from keys.errors import DirectoryError

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
]
REQUEST_NAME: Final = "publication.json"
"""Where a request is written in the node's folder, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingCommand:
    """A command that changes what its party publishes.

    Attributes:
        besides: What its JSON says besides.
    """

    node: Node
    keys: NodeKeys
    as_json: bool
    besides: Mapping[str, object] = field(default_factory=dict)


def said_last(node: Node, keys: NodeKeys) -> Said:
    """Returns what the party has published last, from the hub.

    Raises:
        DirectoryError: The directory cannot be had.
        BusError: The hub cannot be reached.
    """

    async def ask() -> Said:
        async with connected(node, keys, name=f"keys-{os.getpid()}") as bus:
            return await last_said(node, bus)

    return run(ask())


def carry_out(command: PublishingCommand, change: Change) -> bool:
    """Publishes a change; where signatures are missing, writes a request for them.

    Returns:
        Whether it was published.

    Raises:
        ConfigurationError: Somebody else is changing keys.
        DirectoryError: The change cannot be made.
        BusError: The hub cannot be reached, or refuses it.
    """
    node, keys = command.node, command.keys

    async def go() -> Draft | int:
        async with connected(node, keys, name=f"keys-{os.getpid()}") as bus:
            return await publish_draft(node, keys, bus, change)

    with changing_keys(node):
        done = run(go())
        if isinstance(done, Draft):
            path = node.folder.root / REQUEST_NAME
            Signable(submission=done.submission).write(path)
            _show_request(command, done, path)
            return False
    if command.as_json:
        fields = {"party": node.party, "version": done, **command.besides}
        print_json(fields)
    else:
        note(f"{node.party} has published version {done}.")
        note("A running node takes it up by itself.")
    return True


def write_request(command: PublishingCommand, change: Change, path: Path) -> None:
    """Writes a change as a request to be signed; publishes nothing.

    Raises:
        ConfigurationError: Somebody else is changing keys, or it cannot be written.
        DirectoryError: The change cannot be made.
        BusError: The hub cannot be reached.
    """
    node, keys = command.node, command.keys

    async def go() -> Draft:
        async with connected(node, keys, name=f"keys-{os.getpid()}") as bus:
            return await draft_record(node, keys, bus, change)

    with changing_keys(node):
        draft = run(go())
        Signable(submission=draft.submission).write(path)
    _show_request(command, draft, path)


def publish_file(command: PublishingCommand, submission: PartySubmission) -> None:
    """Hands in what was signed elsewhere.

    Raises:
        ConfigurationError: It is another party's.
        BusError: The hub cannot be reached, or refuses it.
    """
    node, keys = command.node, command.keys

    async def go() -> int:
        async with connected(node, keys, name=f"keys-{os.getpid()}") as bus:
            version = await hand_in(node, bus, submission)
            # It is published, whether or not this node can see it at once.
            with suppress(DirectoryError):
                await note_own_policy(node, bus)
            return version

    version = run(go())
    if command.as_json:
        print_json({"party": node.party, "version": version})
    else:
        note(f"{node.party} has published version {version}.")


def confirmed(question: str, *, yes: bool) -> None:
    """Returns when a person says yes.

    Raises:
        ConfigurationError: Nobody is there to ask.
        Exit: The person says no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"this has to be confirmed, at a terminal; or give --yes: {question}"
        )
    if not typer.confirm(question, err=True):
        note("Nothing was changed.")
        raise typer.Exit(1)


def _show_request(command: PublishingCommand, draft: Draft, path: Path) -> None:
    if command.as_json:
        fields = {
            "party": command.node.party,
            "request": str(path),
            "version": draft.version,
            "signatures": draft.submission.signatures,
            "missing": draft.missing,
            **command.besides,
        }
        print_json(fields)
        return
    note(f"Version {draft.version} is written to {path}.")
    if draft.missing:
        note(
            f"{draft.missing} signature(s) are missing. Where the role keys are: "
            f"rogatory keys sign {path.name} --key FILE"
        )
    note(f"Then, here: rogatory keys publish {path}")
