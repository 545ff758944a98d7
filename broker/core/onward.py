"""Passing on what another party provided: to whom, under what, and with whose consent.

What a policy says about it comes on top and is left to the engine; where messages and
permissions are found, to the services.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass
from broker.core.handling import Europol, Handling, Tlp
from broker.core.permissions import Act, Answer, Copy, Verdict, newest
from broker.core.tightening import check_not_looser, tighten, with_terms
from keys.identity import PartyId

ONWARD_KIND: Final = "onward-copy/1"
REQUEST_KIND: Final = "permission-request/1"
GRANT_KIND: Final = "permission-grant/1"

_DAY_MS: Final = 86_400_000
_EPOCH: Final = dt.date(1970, 1, 1)
_OVER: Final = "the time for which it may be kept is over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One hand that a message has come through, and what that hand bound it to.

    Attributes:
        by: Who.
        digest: The message they sent.
        handling: As they gave it.
    """

    by: PartyId
    digest: bytes
    handling: Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A message of others that is held here, as far as passing it on depends on it.

    Attributes:
        layers: Its provider first, then whoever passed it on to us; never empty.
        kind: What it is, with its version.
        body: The provider's content.
        sealed_ms: When the message that brought it was sealed, in ms since the epoch.
        retention_days: How long after that it may be kept; None: not limited.
        with_consent: Our own policy took it on the term that it is passed on only with
            the provider's consent.
        withheld: Classes of fields that do not stand in it as its author knew them.
    """

    layers: tuple[Layer, ...]
    kind: str
    body: bytes = field(repr=False)
    sealed_ms: int
    retention_days: int | None = None
    with_consent: bool = False
    withheld: frozenset[FieldClass] = frozenset()

    @property
    def provider(self) -> Layer:
        """Whose information it is."""
        return self.layers[0]

    @property
    def kept_until_ms(self) -> int | None:
        """When it has to be gone, in ms since the epoch; None: not limited."""
        if self.retention_days is None:
            return None
        return self.sealed_ms + self.retention_days * _DAY_MS

    def binding(self, now_ms: int) -> Handling:
        """Returns what binds whoever is given this message itself.

        Raises:
            RefusedError: LOOSER_HANDLING, when nobody may have it any more.
        """
        until_ms = self.kept_until_ms
        if until_ms is not None and now_ms >= until_ms:
            raise RefusedError(Code.LOOSER_HANDLING, _OVER)
        return self._bound(self.retention_days)

    def binding_anew(self, now_ms: int) -> Handling:
        """Returns what binds a message that is sealed now and passes this one on.

        Raises:
            RefusedError: LOOSER_HANDLING, when nobody may have it any more, or not
                for a whole day.
        """
        until_ms = self.kept_until_ms
        if until_ms is None:
            return self._bound(None)
        # Rounded down; and 0 would mean on the wire that it may be kept for ever.
        days = (until_ms - now_ms) // _DAY_MS
        if days < 1:
            raise RefusedError(Code.LOOSER_HANDLING, _OVER)
        return self._bound(days)

    def _bound(self, days: int | None) -> Handling:
        together = reduce(tighten, (layer.handling for layer in self.layers))
        return with_terms(together, days, with_consent=self.with_consent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """An onward copy that is about to leave, and what speaks for it.

    Attributes:
        copy: What it says.
        provided: The message it says it is of, if that is held here.
        answers: What anybody answered about permissions.
    """

    copy: Copy
    provided: Provided | None
    answers: tuple[Answer, ...]

    @property
    def withheld(self) -> frozenset[FieldClass]:
        """What others have left out: who gets the copy must not read it as unknown."""
        return frozenset() if self.provided is None else self.provided.withheld

    def check(self, recipient: PartyId, handling: Handling, now_ms: int) -> None:
        """Returns if the copy may go to `recipient` under `handling`.

        1. It is what the provider gave, unchanged. 2. Nothing that was for named
        recipients only. 3. Everybody whose handling asks for it has consented, to this
        recipient, for these purposes, and still does. 4. It names the permission it
        relies on. 5. Its handling is no looser than any it has come through.

        Args:
            recipient: Who would get it.
            handling: The handling the copy would have.
            now_ms: The present.

        Raises:
            RefusedError: INVALID_CONTENT, CONSENT_NEEDED or LOOSER_HANDLING.
        """
        # 1.
        provided = self._original()
        # 2.
        check_may_be_passed_on(provided.layers)
        # 3.
        permits = {
            layer.by: _consent(layer, recipient, handling, self.answers, now_ms)
            for layer in consent_needed(provided, recipient)
        }
        # 4.
        if self.copy.grant_digest != permits.get(provided.provider.by, b""):
            raise RefusedError(
                Code.CONSENT_NEEDED, "the copy relies on another permission"
            )
        # 5.
        check_not_looser(provided.binding_anew(now_ms), handling)

    def _original(self) -> Provided:
        copy, provided = self.copy, self.provided
        if provided is None:
            raise RefusedError(
                Code.INVALID_CONTENT, "messageDigest: no such message is held here"
            )
        first = provided.provider
        for place, said, known in (
            ("provider", copy.provider, first.by),
            ("messageDigest", copy.message_digest, first.digest),
            ("handling", copy.handling, first.handling),
            ("content", (copy.kind, copy.body), (provided.kind, provided.body)),
        ):
            if said != known:
                raise RefusedError(
                    Code.INVALID_CONTENT, f"{place}: not as the provider gave it"
                )
        return provided


def check_may_be_passed_on(layers: Iterable[Layer]) -> None:
    """Refuses what no consent can make good.

    Raises:
        RefusedError: LOOSER_HANDLING, for what was for named recipients only.
    """
    for layer in layers:
        if layer.handling.tlp is Tlp.RED:
            raise RefusedError(
                Code.LOOSER_HANDLING,
                f"TLP:RED is for those whom {layer.by} named, and nobody else",
            )


def needs_consent(handling: Handling) -> bool:
    """Tells whether a party bound by this has to ask before passing it on to another.

    TLP:AMBER and stricter stay within an organisation and its clients; H2 and a
    restriction of ITI-15 say so in so many words; and whoever names agencies has not
    named those of other parties.
    """
    bounds = handling.restrictions
    return (
        handling.tlp >= Tlp.AMBER
        or Europol.H2 in handling.europol
        or bounds.no_onward
        or bool(bounds.release_to)
    )


def consent_needed(provided: Provided, recipient: PartyId) -> list[Layer]:
    """Returns whose consent is needed; what goes back to someone needs none of theirs.

    Whoever passed it on has added a condition of their own only where the provider's
    handling had none.
    """
    first, *later = provided.layers
    if needs_consent(first.handling):
        asked = [first]
    else:
        asked = [layer for layer in later if needs_consent(layer.handling)]
        if provided.with_consent:
            asked.insert(0, first)
    return [layer for layer in asked if layer.by != recipient]


def check_copy(copy: Copy, bearer: PartyId, handling: Handling) -> None:
    """Checks what a recipient can of a copy, without having the original.

    Args:
        copy: What it says.
        bearer: Who sent it.
        handling: The handling of the message it came in.

    Raises:
        RefusedError: INVALID_CONTENT, CONSENT_NEEDED or LOOSER_HANDLING.
    """
    if copy.provider == bearer:
        raise RefusedError(Code.INVALID_CONTENT, "provider: its own bearer")
    original = Layer(
        by=copy.provider, digest=copy.message_digest, handling=copy.handling
    )
    check_may_be_passed_on([original])
    check_not_looser(copy.handling, handling)
    if needs_consent(copy.handling) and not copy.grant_digest:
        raise RefusedError(Code.CONSENT_NEEDED, "it relies on no permission")


def check_consent(
    layer: Layer, act: Act, answers: Iterable[Answer], now_ms: int
) -> Answer:
    """Returns the answer in which `layer.by` consents to `act` now.

    Raises:
        RefusedError: CONSENT_NEEDED, and why what is there does not do.
    """
    answer = newest(answers, by=layer.by, message_digest=layer.digest, act=act)
    if answer is None:
        raise RefusedError(
            Code.CONSENT_NEEDED,
            f"{layer.by} was not asked for consent, or has not given it",
        )
    grant = answer.grant
    if grant.verdict is not Verdict.GRANTED:
        raise RefusedError(
            Code.CONSENT_NEEDED, f"{layer.by} has {grant.verdict.word} it"
        )
    if grant.until is not None and _day(now_ms) > grant.until:
        raise RefusedError(
            Code.CONSENT_NEEDED, f"that of {layer.by} held until {grant.until}"
        )
    return answer


def _consent(
    layer: Layer,
    recipient: PartyId,
    handling: Handling,
    answers: Iterable[Answer],
    now_ms: int,
) -> bytes:
    """Returns the digest of the message in which `layer.by` lets it be passed on.

    Raises:
        RefusedError: CONSENT_NEEDED.
    """
    answer = check_consent(layer, Act.ONWARD, answers, now_ms)
    grant = answer.grant
    if recipient not in grant.parties:
        raise RefusedError(
            Code.CONSENT_NEEDED, f"that of {layer.by} does not name {recipient}"
        )
    stated = handling.restrictions.purposes
    if grant.purposes and not (stated and stated <= grant.purposes):
        words = ", ".join(purpose.word for purpose in sorted(grant.purposes))
        raise RefusedError(Code.CONSENT_NEEDED, f"that of {layer.by} is for {words}")
    return answer.digest


def _day(now_ms: int) -> dt.date:
    return _EPOCH + dt.timedelta(days=now_ms // _DAY_MS)
