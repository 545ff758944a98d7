"""Exporting evidence from a node: which messages, what is disclosed, and to which file.

Putting it together is left to `broker.app.evidence`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.evidence import Collected
from broker.app.evidence_sources import Wanted, export_evidence, messages_of_case
from broker.app.node_folder import Node
from broker.cli.asking import confirm
from broker.cli.evidence_words import report_fields
from broker.cli.handling_words import restriction_fields
from broker.cli.output import note, print_json
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.cli.session import find, node_session
from broker.core.admitted import HandedOut
from broker.core.errors import ConfigurationError
from broker.core.evidence.manifest import CONTENT
from broker.core.records import InboxMessage
from broker.infra.clock import SYSTEM_CLOCK
from keys.errors import KeystoreError
from keys.framing import sha256
from keys.private_files import write_private

SUFFIX: Final = ".evidence.zip"
DESK: Final = "evidence"
"""Under which name a disclosed content is noted as handed out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asked to have exported.

    Attributes:
        subject: A message or a case.
        is_case: Whether it was said that it is a case.
        disclosed: Whether contents are to be shown.
        out: The file to write; None: it is named after the message or case.
        yes: Whether to disclose without asking.
    """

    subject: str
    is_case: bool
    disclosed: bool
    out: Path | None
    yes: bool


def write_evidence(
    asked: Asked, node_dir: Path | None, passphrase_file: Path | None, *, as_json: bool
) -> None:
    """Writes a file of evidence, and says what is in it.

    Raises:
        ConfigurationError: There is no such message or case, the file is there
            already, or the disclosure was not confirmed; nothing was written.
    """
    with node_session(node_dir) as node:
        wanted = _wanted(node, asked.subject, is_case=asked.is_case)
        path = asked.out or Path(f"{_file_name(wanted)}{SUFFIX}")
        if path.exists():
            raise ConfigurationError(f"{path} is there already; name another file")
        if asked.disclosed:
            _confirm_disclosure(wanted, path, yes=asked.yes)
        keys = unlock(node, passphrase_file)
        collected = run(export_evidence(node, keys, wanted, disclosed=asked.disclosed))
        if asked.disclosed:
            _note_disclosure(node, wanted, collected)
        _write(path, collected.data)
    if as_json:
        print_json(
            {
                "file": str(path),
                "sha256": sha256(collected.data).hex(),
                "root_sha256": collected.root_sha256.hex(),
                "messages": [one.message_digest.hex() for one in wanted.messages],
                "disclosed": [CONTENT] if asked.disclosed else [],
                "not_yet_logged": len(collected.unlogged),
                "time_stamp": not collected.unstamped,
                **report_fields(collected.report),
            }
        )
    _say_exported(path, wanted, collected)


def _wanted(node: Node, subject: str, *, is_case: bool) -> Wanted:
    is_message = not is_case and bool(node.store.resolve(subject))
    of_case = bool(node.store.heads_of_case(subject))
    if is_message and of_case:
        raise ConfigurationError(
            f"{subject} names a message and a case: give the whole id, or --case"
        )
    if is_message:
        return Wanted(messages=(find(node, subject).message,))
    if not of_case:
        raise ConfigurationError(
            f"no message and no case {subject} in this node; list them with: rogatory "
            "inbox, rogatory sent"
        )
    return messages_of_case(node, subject)


def _file_name(wanted: Wanted) -> str:
    """Returns a name that every system can write."""
    if not wanted.case:
        return wanted.messages[0].message_digest.hex()[:16]
    return "case-" + "".join(
        sign if sign.isalnum() or sign in "-_." else "_" for sign in wanted.case
    )


def _confirm_disclosure(wanted: Wanted, path: Path, *, yes: bool) -> None:
    """Names what binds whoever reads the file, and asks."""
    for message in wanted.messages:
        header = message.header
        bounds = restriction_fields(header.handling)
        bound = ", ".join(f"{k}: {v}" for k, v in (bounds or {}).items() if v)
        note(
            f"{header.kind} of {header.origin}: {header.handling}"
            + (f"; {bound}" if bound else "")
        )
    note(
        f"{path} will hold the content of {len(wanted.messages)} message(s) in clear. "
        "The handling above binds whoever reads it, and you for having given it."
    )
    confirm("Disclose the content?", yes=yes)


def _note_disclosure(node: Node, wanted: Wanted, collected: Collected) -> None:
    """Notes which contents of others are in the file, before there is one."""
    now_ms = SYSTEM_CLOCK.now_ms()
    for message in wanted.messages:
        if isinstance(message, InboxMessage):
            node.store.note_handed_out(
                HandedOut(
                    message_digest=message.message_digest,
                    desk=DESK,
                    agency=DESK,
                    purpose="",
                    at_ms=now_ms,
                    file_digest=sha256(collected.data),
                )
            )


def _say_exported(path: Path, wanted: Wanted, collected: Collected) -> None:
    note(f"{path}: {len(wanted.messages)} message(s), {len(collected.data)} bytes.")
    if collected.unlogged:
        note(
            f"{len(collected.unlogged)} statement(s) are not in the log yet, and so "
            "not in the file: export again later"
        )
    if collected.unstamped:
        note(f"No time-stamp: {collected.unstamped}.")
    witnesses = len(collected.report.witnesses)
    note("Whoever gets it checks it with:")
    note(
        f"  rogatory evidence verify {path} --witnesses {witnesses} "
        f"--root-sha256 {collected.root_sha256.hex()}"
    )
    note("They must know that digest from elsewhere, such as the treaty's annex.")
    if not collected.unstamped:
        note(
            "With --tsa and the authority's certificate it checks the time-stamp, too."
        )


def _write(path: Path, data: bytes) -> None:
    try:
        write_private(path, data)
    except KeystoreError as error:
        raise ConfigurationError(str(error)) from error
