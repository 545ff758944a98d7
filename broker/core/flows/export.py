"""What the origin's node decides before sealing: who may get a document, who not.

Pure. Sealing is left to `broker.core.envelope`, storing to the node service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.errors import Code
from broker.core.handling import Handling
from broker.core.policy.decision import Allow, Decision, Deny, Question
from broker.core.policy.engine import Engine
from keys.directory.model import DirectoryView
from keys.errors import (
    DirectoryError,
    KeyFormatError,
    PartySuspendedError,
    UnknownPartyError,
)
from keys.identity import PartyId
from keys.sealing import EncryptionPublicKey

_CODES: Final[Mapping[type[DirectoryError], Code]] = {
    UnknownPartyError: Code.UNKNOWN_PARTY,
    PartySuspendedError: Code.PARTY_SUSPENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A recipient who may get the document, and the key to seal it with."""

    party: PartyId
    key: EncryptionPublicKey
    decision: Allow


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A recipient who may not, and why not."""

    party: PartyId
    code: Code
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPlan:
    """Who would get it and why not, before anything is sealed."""

    releases: tuple[Release, ...]
    withheld: tuple[Withheld, ...]


def plan_export(
    origin: PartyId,
    recipients: Sequence[PartyId],
    kind: str,
    handling: Handling,
    *,
    directory: DirectoryView,
    engines: Mapping[PartyId, Engine],
    now_ms: int,
) -> ExportPlan:
    """Asks the origin's policy, then each recipient's, about one document.

    Recipients' policies are published; asking them here tells the sender at once what
    the hub would refuse.
    """
    releases: list[Release] = []
    withheld: list[Withheld] = []
    for party in sorted(set(recipients)):
        question = Question(
            origin=origin, recipient=party, kind=kind, handling=handling
        )
        answer = _ask(question, directory, engines, now_ms)
        if isinstance(answer, Release):
            releases.append(answer)
        else:
            withheld.append(answer)
    return ExportPlan(releases=tuple(releases), withheld=tuple(withheld))


def _ask(
    question: Question,
    directory: DirectoryView,
    engines: Mapping[PartyId, Engine],
    now_ms: int,
) -> Release | Withheld:
    party = question.recipient
    if party == question.origin:
        return Withheld(
            party=party, code=Code.INVALID_RECIPIENTS, reasons=("that is yourself",)
        )
    key = _key_of(party, directory, now_ms)
    if isinstance(key, Withheld):
        return key
    export = _decide(engines.get(question.origin), question, exporting=True)
    if isinstance(export, Deny):
        return _withheld(party, Code.EXPORT_POLICY, export)
    imports = _decide(engines.get(party), question, exporting=False)
    if isinstance(imports, Deny):
        return _withheld(party, Code.IMPORT_POLICY, imports)
    return Release(party=party, key=key, decision=export)


def _key_of(
    party: PartyId, directory: DirectoryView, now_ms: int
) -> EncryptionPublicKey | Withheld:
    try:
        return EncryptionPublicKey(directory.encryption_key(party, now_ms).key)
    except DirectoryError as error:
        code = _CODES.get(type(error), Code.KEY_NOT_VALID)
        return Withheld(party=party, code=code, reasons=(str(error),))
    except KeyFormatError as error:
        return Withheld(party=party, code=Code.KEY_NOT_VALID, reasons=(str(error),))


def _decide(engine: Engine | None, question: Question, *, exporting: bool) -> Decision:
    if engine is None:
        return Deny(rule_ids=(), reasons=("no policy is published",), near_misses=())
    return engine.export(question) if exporting else engine.imports(question)


def _withheld(party: PartyId, code: Code, deny: Deny) -> Withheld:
    return Withheld(party=party, code=code, reasons=(deny.summary,))
