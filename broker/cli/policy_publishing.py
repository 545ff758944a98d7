"""`rogatory policy publish`: puts a policy into force, after a second pair of eyes.

Which versions there were is left to `broker.cli.policy_history`.
"""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.credentials import NodeKeys
from broker.app.key_changes import changing_keys
from broker.app.key_signing import Signable
from broker.app.node_folder import Node
from broker.app.node_link import connected
from broker.app.policy_history import expect_text, note_own_policy, write_text
from broker.app.publishing import Draft, Said, draft_record, hand_in
from broker.cli.asking import confirm
from broker.cli.key_publishing import REQUEST_NAME, DryRunOption, said_last
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.policy_check import today
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.codec.policy import decode_policy, encode_policy, policy_digest
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.policy.differences import Difference, differences
from broker.core.policy.review import review
from broker.core.policy.rules import Policy
from broker.core.sentences import ExitCode
from broker.infra.policy_files import PolicyFile, read_policy
from keys.errors import DirectoryError

_ERROR: Final = "error"
_ALONE: Final = (
    "one key is enough to publish for {party}: nobody else would have looked at it. If "
    "that is meant, give --alone, which the history notes; to make it two, see: "
    "rogatory keys rekey-request --help"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposal:
    """A policy that is to take the place of the published one.

    Attributes:
        data: The policy, serialised.
        said: What the party has published last.
        changes: What it would change; None when nothing that can be read is published.
    """

    file: PolicyFile
    data: bytes
    said: Said
    changes: list[Difference] | None

    @property
    def same(self) -> bool:
        """Whether it is what is published already."""
        return self.said.policy == self.data

    @property
    def alone(self) -> bool:
        """Whether one key is enough."""
        return self.said.mandate.threshold < 2  # noqa: PLR2004 - a pair of eyes more

    @property
    def fields(self) -> dict[str, object]:
        """For JSON."""
        changes = self.changes
        return {
            "party": self.file.policy.party,
            "digest": policy_digest(self.data).hex(),
            "signatures_needed": self.said.mandate.threshold,
            "changes": None if changes is None else [one.as_json() for one in changes],
        }


def publish(
    file: Annotated[Path, typer.Argument(help="The new policy, YAML or JSON.")],
    alone: Annotated[
        bool,
        typer.Option("--alone", help="Publish although one key is enough for it."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    request: Annotated[
        Path | None,
        typer.Option(
            help="File for the request, where others must sign; "
            f"{REQUEST_NAME} in the node's folder."
        ),
    ] = None,
    dry_run: DryRunOption = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publishes a policy: checked, compared with what is in force, signed by two.

    Shows first who gains and who loses what. Where the party's role needs several
    signatures, it writes a request: rogatory keys sign there, rogatory keys publish
    here. It takes effect as soon as the directory shows it, in seconds, and nothing
    has to be restarted. A file with a mistake changes nothing.
    """
    read = read_policy(file)
    data = encode_policy(read.policy)
    _check(read)
    with node_session(node_dir) as node:
        if read.policy.party != node.party:
            raise ConfigurationError(f"the policy is that of {read.policy.party}")
        keys = unlock(node, passphrase_file)
        said = said_last(node, keys)
        changes = _changes(said.policy, read.policy)
        proposal = _Proposal(file=read, data=data, said=said, changes=changes)
        if not as_json:
            _show(proposal)
        if dry_run or proposal.same:
            _say_unchanged(proposal, as_json=as_json)
            return
        if proposal.alone and not alone:
            raise ConfigurationError(_ALONE.format(party=node.party))
        confirm("Publish this?", yes=yes)
        done = _carry_out(node, keys, proposal)
        path = request or node.folder.root / REQUEST_NAME
        if isinstance(done, Draft):
            Signable(submission=done.submission).write(path)
    _show_done(proposal, done, path, as_json=as_json)


def _check(read: PolicyFile) -> None:
    """Shows what can hardly be meant, and stops at what cannot be.

    Raises:
        Exit: There is an error.
    """
    found = review(read.policy, day=today())
    for one in found:
        note(f"{read.position(one.path)}: {one.severity}: {one.path}: {one.text}")
    if any(one.severity == _ERROR for one in found):
        note("Nothing was published; what is in force stays in force.")
        raise typer.Exit(ExitCode.BAD_DATA)


def _changes(published: bytes | None, new: Policy) -> list[Difference] | None:
    if published is None:
        return None
    try:
        return differences(decode_policy(published), new)
    except RefusedError:
        return None  # a later version has published it, or an older one


def _carry_out(node: Node, keys: NodeKeys, proposal: _Proposal) -> Draft | int:
    """Publishes it; returns the version, or what lacks signatures.

    Raises:
        ConfigurationError: Somebody else has published since it was shown.
        DirectoryError: The directory cannot be had.
        BusError: The hub cannot be reached, or refuses it.
    """

    async def go() -> Draft | int:
        async with connected(node, keys, name=f"policy-{os.getpid()}") as bus:
            draft = await draft_record(
                node, keys, bus, lambda record: record, proposal.data
            )
            if draft.version != proposal.said.version + 1:
                raise ConfigurationError(
                    f"{node.party} has published something else meanwhile: look again"
                )
            await asyncio.to_thread(
                expect_text, node, proposal.data, proposal.file.text
            )
            if draft.missing:
                return draft
            version = await hand_in(node, bus, draft.submission)
            await asyncio.to_thread(write_text, node, proposal.file.text)
            # It is published, whether or not this node can see it at once.
            with suppress(DirectoryError):
                await note_own_policy(node, bus)
            return version

    with changing_keys(node):
        return run(go())


def _show(proposal: _Proposal) -> None:
    if proposal.same:
        return
    if proposal.changes is None:
        note("Nothing that can be compared is published yet.")
        return
    note(f"Against what is published, version {proposal.said.version}:")
    for one in proposal.changes:
        note(f"  {one.side}: {one.text}")
    if not proposal.changes:
        note(
            "  no message would be decided differently; reasons, names or officers are"
        )


def _say_unchanged(proposal: _Proposal, *, as_json: bool) -> None:
    if as_json:
        state = "in force already" if proposal.same else "not published"
        print_json({**proposal.fields, "state": state})
    elif proposal.same:
        note("This policy is in force already.")
    else:
        note("Nothing was published.")


def _show_done(
    proposal: _Proposal, done: Draft | int, path: Path, *, as_json: bool
) -> None:
    if isinstance(done, int):
        if as_json:
            print_json({**proposal.fields, "state": "published", "version": done})
            return
        note(f"{proposal.file.policy.party} has published version {done}.")
        note("It takes effect as soon as the nodes have heard of it, in seconds.")
        return
    if as_json:
        print_json(
            {
                **proposal.fields,
                "state": "to be signed",
                "version": done.version,
                "request": str(path),
                "missing": done.missing,
            }
        )
        return
    note(f"Version {done.version} is written to {path}; nothing is published yet.")
    note(
        f"{done.missing} signature(s) are missing. Where the role keys are: "
        f"rogatory keys sign {path.name} --key FILE"
    )
    note(f"Then, here: rogatory keys publish {path}")
