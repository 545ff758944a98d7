"""Permissions of a provider: what one asks for, and what the provider answered.

The wire is left to `broker.core.codec.permission`, and what follows from an answer to
`broker.core.onward`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from broker.core.handling import Handling, IntendedUse
from broker.core.words import Word
from keys.identity import PartyId


class Act(Word):
    """What handling can keep a recipient from doing without the provider's word."""

    ONWARD = 1
    JUDICIAL = 2


class Verdict(Word):
    """What a provider can answer."""

    GRANTED = 1
    REFUSED = 2
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request for permission.

    Attributes:
        message_digest: The provider's message.
        act: What is to be done with it.
        parties: ONWARD: to whom it is to be passed on.
        purposes: What for; at least one.
        reason: Why, in words.
        until: Last day for which it is wanted; None: for one time.
    """

    message_digest: bytes
    act: Act
    parties: frozenset[PartyId] = frozenset()
    purposes: frozenset[IntendedUse]
    reason: str = field(repr=False)
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """An answer to a wish, whatever the answer is.

    Attributes:
        message_digest: The provider's message.
        act: What may be done with it, or not.
        verdict: Whether it may.
        parties: ONWARD: to whom it may be passed on.
        purposes: What for; empty: the purposes of the message itself.
        until: Last day (UTC) on which it holds; None: until it is withdrawn.
        remarks: In words.
    """

    message_digest: bytes
    act: Act
    verdict: Verdict
    parties: frozenset[PartyId] = frozenset()
    purposes: frozenset[IntendedUse] = frozenset()
    until: dt.date | None = None
    remarks: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it came: signed by somebody, at some time.

    Attributes:
        digest: Of the message that carries it.
        by: Who signed that message.
        at_ms: When it was sealed, in ms since the epoch.
        grant: What it says.
    """

    digest: bytes
    by: PartyId
    at_ms: int
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What an onward copy says.

    Attributes:
        provider: Who provided it.
        message_digest: The provider's message.
        grant_digest: The message that permits to pass it on; empty: none was needed.
        handling: As the provider gave it.
        kind: What it is, with its version.
        body: The provider's content.
    """

    provider: PartyId
    message_digest: bytes
    grant_digest: bytes = b""
    handling: Handling
    kind: str
    body: bytes = field(repr=False)


def newest(
    answers: Iterable[Answer], *, by: PartyId, message_digest: bytes, act: Act
) -> Answer | None:
    """Returns the answer of `by` that holds now: the last one, and no other.

    What others say about a message of `by` counts for nothing. Of two answers of the
    same moment, the one that permits less holds.
    """
    own = [
        answer
        for answer in answers
        if answer.by == by
        and answer.grant.message_digest == message_digest
        and answer.grant.act is act
    ]
    return max(own, key=_age_and_verdict, default=None)


def _age_and_verdict(answer: Answer) -> tuple[int, Verdict, bytes]:
    return answer.at_ms, answer.grant.verdict, answer.digest
