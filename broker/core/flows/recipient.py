"""What one recipient may get of a document, and why not more.

Pure. Who gets the same is put together by `broker.core.flows.export`.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from broker.core.codec.facts import facts_of
from broker.core.codec.redaction import redact
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Handling
from broker.core.onward import ONWARD_KIND, Onward
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.decision import (
    PERMITTED,
    Allow,
    Decision,
    Deny,
    Question,
    Redact,
    Terms,
)
from broker.core.policy.engine import Engine
from broker.core.policy.facts import Facts
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.core.tightening import with_terms
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
_KEYS_MAX: Final = 512
_Fields = tuple[tuple[FieldClass, Treatment], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A recipient who may get a document, or some of it.

    Attributes:
        key: The key to seal it with.
        decision: What the origin's policy says.
    """

    party: PartyId
    key: EncryptionPublicKey
    decision: Allow | Redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A recipient who may not, and why not.

    Attributes:
        decision: What the origin's policy said, or with IMPORT_POLICY the
            recipient's; None where neither was asked.
    """

    party: PartyId
    code: Code
    reasons: tuple[str, ...]
    decision: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A document as some recipients would get it.

    Attributes:
        facts: What it still says.
        handling: With what the origin's policy binds them to.
        withheld: Classes of fields that it does not say any more, or not as exactly.
    """

    body: bytes
    facts: Facts
    handling: Handling
    withheld: frozenset[FieldClass] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a decision depends on besides the document.

    Attributes:
        directory: Parties and keys.
        engines: The published policy of each party, compiled; a party without one
            allows nothing.
        now_ms: The present.
        onward: What speaks for a document that passes on what others provided; None:
            nothing does.
    """

    directory: DirectoryView
    engines: Mapping[PartyId, Engine]
    now_ms: int
    onward: Onward | None = None


class Desk:
    """Asks the policies about one document, recipient by recipient.

    It redacts the document once for each distinct treatment.

    Args:
        origin: Who sends it.
        document: What.
        circumstances: What the answers depend on besides.

    Raises:
        RefusedError: The document itself cannot be read.
    """

    def __init__(
        self, origin: PartyId, document: OutgoingDocument, circumstances: Circumstances
    ) -> None:
        self._origin = origin
        self._kind = document.kind
        self._circumstances = circumstances
        self._redacted: dict[_Fields, Version | RefusedError] = {}
        onward = circumstances.onward
        self.whole = Version(
            body=document.body,
            facts=facts_of(document.kind, document.body),
            handling=document.handling,
            withheld=onward.withheld if onward else frozenset(),
        )

    def ask(self, party: PartyId) -> tuple[Version, Release] | Withheld:
        """Returns what a recipient gets; or why it gets nothing.

        1. standing and key; 2. the origin's policy, about the whole document; 3. what
        it leaves of it, and binds the recipient to; 4. the consent of whoever provided
        it, if it is passed on; 5. the recipient's policy, about what it would get.
        """
        # 1.
        if party == self._origin:
            return Withheld(
                party=party, code=Code.INVALID_RECIPIENTS, reasons=("that is yourself",)
            )
        key = _key_of(party, self._circumstances)
        if isinstance(key, Withheld):
            return key
        # 2.
        decision = self._decide(self._origin, party, self.whole)
        if isinstance(decision, Deny):
            return _denied(party, Code.EXPORT_POLICY, decision)
        try:
            # 3.
            version = self._version(decision)
            # 4.
            if self._kind == ONWARD_KIND:
                self._check_onward(party, version.handling)
        except RefusedError as error:
            return Withheld(
                party=party,
                code=error.code,
                reasons=(error.detail,),
                decision=decision,
            )
        # 5.
        theirs = self._decide(party, party, version)
        if isinstance(theirs, Deny):
            return _denied(party, Code.IMPORT_POLICY, theirs)
        return version, Release(party=party, key=key, decision=decision)

    def question(self, recipient: PartyId, version: Version) -> Question:
        """Returns what policies are asked about a version of the document."""
        return Question(
            origin=self._origin,
            recipient=recipient,
            kind=self._kind,
            handling=version.handling,
            at_ms=self._circumstances.now_ms,
            facts=version.facts,
        )

    def _decide(self, owner: PartyId, party: PartyId, version: Version) -> Decision:
        """Asks the policy of `owner`: the origin's, or the recipient's."""
        if self._kind in PROTOCOL_KINDS:
            return PERMITTED
        engine = self._circumstances.engines.get(owner)
        if engine is None:
            return Deny(rule_ids=(), reasons=("no policy is published",))
        question = self.question(party, version)
        exporting = owner == self._origin
        return engine.export(question) if exporting else engine.imports(question)

    def _version(self, decision: Allow | Redact) -> Version:
        whole = self.whole
        left = self._left(decision.fields) if isinstance(decision, Redact) else whole
        handling = _bound(whole.handling, decision.terms)
        return left if handling == whole.handling else replace(left, handling=handling)

    def _left(self, fields: _Fields) -> Version:
        left = self._redacted.get(fields)
        if left is None:
            try:
                left = self._redact(fields)
            except RefusedError as error:
                left = error
            self._redacted[fields] = left
        if isinstance(left, RefusedError):
            # Anew: one that is raised twice would grow by a traceback each time.
            raise RefusedError(left.code, left.detail)
        return left

    def _redact(self, fields: _Fields) -> Version:
        made = redact(self._kind, self.whole.body, dict(fields))
        return replace(
            self.whole,
            body=made.body,
            facts=facts_of(self._kind, made.body),
            withheld=self.whole.withheld | made.withheld,
        )

    def _check_onward(self, party: PartyId, handling: Handling) -> None:
        onward = self._circumstances.onward
        if onward is None:
            raise RefusedError(
                Code.CONSENT_NEEDED, "nothing is known here of whoever provided it"
            )
        onward.check(party, handling, self._circumstances.now_ms)


def _bound(handling: Handling, terms: Terms) -> Handling:
    if terms.retention_days is None and not terms.with_consent:
        return handling
    return with_terms(handling, terms.retention_days, with_consent=terms.with_consent)


def _key_of(
    party: PartyId, circumstances: Circumstances
) -> EncryptionPublicKey | Withheld:
    try:
        published = circumstances.directory.encryption_key(party, circumstances.now_ms)
        return _loaded(published.key)
    except DirectoryError as error:
        code = _CODES.get(type(error), Code.KEY_NOT_VALID)
        return Withheld(party=party, code=code, reasons=(str(error),))
    except KeyFormatError as error:
        return Withheld(party=party, code=Code.KEY_NOT_VALID, reasons=(str(error),))


@functools.lru_cache(maxsize=_KEYS_MAX)
def _loaded(raw: bytes) -> EncryptionPublicKey:
    """Loads a key once: to check both halves costs more than all that policies ask."""
    return EncryptionPublicKey(raw)


def _denied(party: PartyId, code: Code, deny: Deny) -> Withheld:
    return Withheld(party=party, code=code, reasons=(deny.summary,), decision=deny)
