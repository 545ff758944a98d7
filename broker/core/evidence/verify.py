"""Checks a piece of evidence from its own bytes and what the reader trusts.

No network, no disk, no clock, nothing else of ours. The claims about single messages
are left to `messages`.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from broker.core.errors import ProofError
from broker.core.evidence.bundle import Bundle
from broker.core.evidence.directories import Directories, trusted_chain
from broker.core.evidence.findings import Findings, Report, State
from broker.core.evidence.log import ShownLog, show_log
from broker.core.evidence.manifest import Manifest
from broker.core.evidence.messages import (
    check_approvals,
    check_content,
    check_decisions,
    check_origin,
    check_receipt,
)
from broker.core.evidence.remarks import mention_absent
from broker.core.evidence.stated import StatedMessage, read_message
from broker.core.evidence.times import Seen, check_times
from keys.directory.model import FederationRecord
from keys.directory.roles import instant

TRUST_TOPIC: Final = "trust"
LOG_TOPIC: Final = "log"
SCOPE_TOPIC: Final = "scope"

_SECOND_MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What the reader trusts and asks for.

    Attributes:
        root_sha256: Of the root metadata that is trusted, 32 bytes.
        witnesses: How many of the directory's witnesses must have cosigned.
        authorities: Whose time-stamps are believed, PEM certificates; empty: none is
            asked for.
    """

    root_sha256: bytes
    witnesses: int
    authorities: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is being checked, and what was found so far."""

    bundle: Bundle
    demands: Demands
    directories: Directories
    findings: Findings


@dataclass(slots=True)
class _Shelf:
    """The directory's files, and which of them were asked for."""

    bundle: Bundle
    asked: set[str] = field(default_factory=set)

    def read(self, path: str) -> bytes | None:
        """Returns a file of the directory."""
        self.asked.add(path)
        return self.bundle.served(path)

    def check_all_read(self) -> None:
        """Refuses files that nothing was judged by: nobody has checked them."""
        if unread := self.bundle.trust.keys() - self.asked:
            raise ProofError(f"{min(unread)} is shown, and is of no use here")


def verify_evidence(data: bytes, demands: Demands) -> Report:
    """Checks a file of evidence, and says what it proves and what not.

    1. The file is in its one form, and every member is the one its manifest names.
    2. The chain of roots holds, and holds the root that is trusted.
    3. Everything the evidence says can be read.
    4. The newest directory follows from that root: it names the log and its witnesses.
    5. The log's key signed the checkpoint, and enough witnesses cosigned it.
    6. The log holds every snapshot of the directory that anything is judged by.
    7. The time-stamp, where there is one, is that of a trusted authority.
    8. Claims about messages: the origin's signature and key, the content, approvals,
       and each statement with its author's right to make it and its place in the log.
    9. Nothing lies in the file that was not used for any of this.

    Returns:
        What was found. Unless `Report.holds`, something that is claimed or asked for
        is not so.

    Raises:
        ProofError: It is no evidence, or of another federation: steps 1 to 4,
            or 9.
    """
    bundle = Bundle.from_bytes(data)  # 1
    return verify_bundle(bundle, demands)


def verify_bundle(bundle: Bundle, demands: Demands) -> Report:
    """Does what `verify_evidence` does from step 2 on."""
    findings, shelf = Findings(), _Shelf(bundle)
    chain, root = trusted_chain(  # 2
        shelf.read, bundle.first_root, demands.root_sha256
    )
    messages = [read_message(parts) for parts in bundle.messages]  # 3
    directories = Directories(root, shelf.read, bundle.versions)
    case = _Case(
        bundle=bundle, demands=demands, directories=directories, findings=findings
    )
    signings = [signing for message in messages for signing in message.signings]
    latest = directories.prepare(signings)  # 4
    newest = directories.newest
    findings.add(
        State.PROVED,
        TRUST_TOPIC,
        f"The root that you trust leads, over {len(chain)} root(s), to the stewards, "
        f"and they to version {newest.version} of the directory, published "
        f"{instant(newest.signed_at_ms)}: the newest that is shown here.",
    )
    log = _check_log(case, latest.federation)  # 5, 6
    seen: list[Seen] = []
    for message in messages:  # 8
        _check_message(case, message, log, seen)
    if log is not None:
        check_times(  # 7
            log,
            seen,
            bundle.stamp,
            latest.federation,
            demands.authorities,
            findings,
        )
    if not findings.broken:
        shelf.check_all_read()  # 9
    _mention_scope(case)
    return Report(
        findings=tuple(findings.made),
        witnesses=tuple(one.name for one in log.witnesses) if log else (),
    )


def _check_log(case: _Case, federation: FederationRecord) -> ShownLog | None:
    findings, note = case.findings, case.bundle.checkpoint
    log = findings.attempt(LOG_TOPIC, "The log", lambda: show_log(note, federation))
    if log is None:
        return None
    _mention_log(case, log)
    for snapshot in case.directories.snapshots:
        place = case.bundle.places[snapshot.version]
        findings.attempt(
            LOG_TOPIC,
            f"Version {snapshot.version} of the directory in the log",
            partial(log.snapshot, place, snapshot),
        )
    return log


def _mention_log(case: _Case, log: ShownLog) -> None:
    say, asked = case.findings.about(LOG_TOPIC), case.demands.witnesses
    checkpoint = log.checkpoint
    say(
        State.PROVED,
        f"The log {checkpoint.origin} signed that it has {checkpoint.size} entries and "
        f"the root {checkpoint.root.hex()[:16]}; every place named here is proved "
        "under that root.",
    )
    for one in log.witnesses:
        say(
            State.PROVED,
            f"The witness {one.name} cosigned that state of the log at "
            f"{instant(one.time_s * _SECOND_MS)} by its own clock, as one that "
            "continues every state it had seen.",
        )
    if len(log.witnesses) < asked:
        say(
            State.BROKEN,
            f"The log: {len(log.witnesses)} of the directory's witnesses cosigned it, "
            f"and {asked} were asked for",
        )
    if not log.witnesses:
        say(
            State.UNPROVED,
            "That the hub shows everybody this log: no witness has cosigned it, so "
            "that a hub which cheats from the start could keep several.",
        )


def _check_message(
    case: _Case, message: StatedMessage, log: ShownLog | None, seen: list[Seen]
) -> None:
    """Checks one message; adds to `seen` where its statements are in the log."""
    exporter, directories = case.bundle.manifest.exported_by, case.directories
    topic, name = message.parts.digest.hex(), str(message)
    say = case.findings.about(topic)
    attempt = partial(case.findings.attempt, topic)
    attempt(name, lambda: check_origin(message, directories, say))
    attempt(name, lambda: _check_fits(message, case.bundle.manifest))
    attempt(name, lambda: check_content(message, say))
    attempt(f"Approvals of {name}", lambda: check_approvals(message, say))
    attempt(f"Decisions about {name}", lambda: check_decisions(message, exporter, say))
    for one in message.receipts:
        index = case.findings.attempt(
            topic,
            f"{one} about {name}",
            partial(check_receipt, message, one, directories, log, say),
        )
        if index is not None:
            seen.append(
                Seen(index=index, at_ms=one.receipt.at_ms, what=f"{one} of {name}")
            )
    mention_absent(message, say)


def _check_fits(message: StatedMessage, manifest: Manifest) -> None:
    """Refuses a message that is not what the manifest says it is."""
    header = message.header
    if manifest.exported_by not in (header.origin, *header.parties):
        raise ProofError(f"{manifest.exported_by} neither sent nor received it")
    if manifest.case and manifest.case != header.case_reference:
        raise ProofError(f"it is not of case {manifest.case}")
    if manifest.disclosed != (message.parts.content is not None):
        raise ProofError("what the manifest says of its content is not so")


def _mention_scope(case: _Case) -> None:
    newest = case.directories.newest
    say = case.findings.about(SCOPE_TOPIC)
    say(
        State.UNPROVED,
        f"That nothing was left out: {case.bundle.manifest.exported_by} chose what is "
        "shown; further statements and messages may exist.",
    )
    say(
        State.UNPROVED,
        f"What became of keys after {instant(newest.signed_at_ms)}: a later revocation "
        "is not known here.",
    )
