"""Who gains and who loses what when one policy takes the place of another.

Which questions are looked at is told in `broker.core.policy.space`; showing lines is
left to `broker.cli`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from broker.core.errors import ConfigurationError
from broker.core.fields import TREATED, Treatment
from broker.core.policy.audience import Audience
from broker.core.policy.dimensions import Span
from broker.core.policy.outcome import Outcome
from broker.core.policy.regions import Region, regions
from broker.core.policy.rules import Policy
from broker.core.policy.sides import Side, parties_of, stand_in
from broker.core.policy.space import Space
from broker.core.policy.wording import box_json, box_words
from keys.identity import PartyId


class Effect(StrEnum):
    """What a change of policy is for those whom it is about."""

    GAIN = "gain"
    LOSE = "lose"
    OTHER_TERMS = "other-terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing that a release is bound to.

    Attributes:
        name: A class of fields, or "retention", "consent", "approval", "route",
            "quarantine".
        before: In words; empty where nothing went before.
        after: In words; empty where nothing goes any more.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes different in the answer.

    Attributes:
        effect: What kind of difference it is.
        terms: GAIN: what the release is bound to. OTHER_TERMS: what differs.
    """

    effect: Effect
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Messages that are answered differently, all in the same way.

    Attributes:
        side: "export" or "import".
        who: The other parties, in words.
        what: The messages, in words.
        region: Both, as values.
    """

    side: str
    who: str
    what: str
    region: Region[Change]

    @property
    def text(self) -> str:
        """The difference in one line."""
        change = self.region.answer
        verb = _VERBS[self.side, change.effect]
        shown = _gained if change.effect is Effect.GAIN else _changed
        terms = "; ".join(map(shown, change.terms))
        return f"{self.who} {verb}: {self.what}" + (f"; {terms}" if terms else "")

    def as_json(self) -> dict[str, Any]:
        """Returns the difference as JSON shows it; an aspect that is missing is any."""
        change = self.region.answer
        return {
            "side": self.side,
            "effect": change.effect.value,
            "parties": sorted(self.region.parties),
            "who": self.who,
            "messages": box_json(self.region),
            "what": self.what,
            "terms": [
                {"name": term.name, "before": term.before, "after": term.after}
                for term in change.terms
            ],
        }


def differences(
    old: Policy,
    new: Policy,
    parties: Collection[PartyId] | None = None,
    days: Span | None = None,
) -> list[Difference]:
    """Returns which messages two policies of a party answer differently.

    Empty exactly if none of the questions of their space is.

    Args:
        old: The policy that was.
        new: The policy that is to be.
        parties: The other parties; None: those that either names, and one that stands
            for all others.
        days: The days that matter; None: every day.

    Raises:
        ConfigurationError: They are of different parties.
    """
    if old.party != new.party:
        raise ConfigurationError(
            f"one policy is of {old.party}, the other of {new.party}: compare two of "
            "the same party"
        )
    found = parties_of([old, new]) if parties is None else frozenset(parties)
    audience = Audience(
        parties=found - {new.party},
        groups={group.name: group.members for group in new.groups},
        others=stand_in([old, new]) if parties is None else None,
    )
    return [
        *_of_side("export", Side.exports(old), Side.exports(new), audience, days),
        *_of_side("import", Side.imports(old), Side.imports(new), audience, days),
    ]


def _of_side(
    name: str, old: Side, new: Side, audience: Audience, days: Span | None
) -> Iterator[Difference]:
    space = Space([old, new], audience.parties, days)

    def change(met: int) -> Change | None:
        return change_between(space.outcome(0, met), space.outcome(1, met))

    found = regions(space, change, differing=True)
    found.sort(key=lambda one: _ORDER.index(one.answer.effect))
    for region in found:
        yield Difference(
            side=name,
            who=audience.named(region.parties),
            what=box_words(region),
            region=region,
        )


def change_between(before: Outcome | None, after: Outcome | None) -> Change | None:
    """Returns what becomes different; None when nothing does."""
    if before == after:
        return None
    if after is None:
        return Change(effect=Effect.LOSE, terms=())
    if before is None:
        return Change(effect=Effect.GAIN, terms=tuple(_terms(Outcome(), after)))
    return Change(effect=Effect.OTHER_TERMS, terms=tuple(_terms(before, after)))


def _terms(before: Outcome, after: Outcome) -> Iterator[Term]:
    """Yields what differs between two that both say yes."""
    old, new = _words(before), _words(after)
    for name in dict.fromkeys([*new, *old]):
        if old.get(name) != new.get(name):
            yield Term(name=name, before=old.get(name, ""), after=new.get(name, ""))


def _words(outcome: Outcome) -> dict[str, str]:
    treated = dict(outcome.fields)
    words = {
        field.word: treated.get(field, Treatment.KEEP).word
        for field in TREATED
        if field in treated
    }
    if outcome.retention_days is not None:
        words["retention"] = f"{outcome.retention_days} days"
    if outcome.with_consent:
        words["consent"] = "needed to pass it on"
    if outcome.approvals:
        words["approval"] = " and ".join(
            sorted(f"{n} of {', '.join(sorted(who))}" for n, who in outcome.approvals)
        )
    if outcome.routes:
        words["route"] = ", ".join(sorted(outcome.routes))
    if outcome.quarantine:
        words["quarantine"] = "a person looks at it first"
    return words


def _gained(term: Term) -> str:
    return f"{term.name}: {term.after}"


def _changed(term: Term) -> str:
    nothing = _NOTHING.get(term.name, Treatment.KEEP.word)
    return f"{term.name}: {term.after or nothing} (was: {term.before or nothing})"


_NOTHING: Final = {
    "retention": "not limited",
    "consent": "not needed to pass it on",
    "approval": "none",
    "route": "none",
    "quarantine": "none",
}
_ORDER: Final = list(Effect)
_VERBS: Final = {
    ("export", Effect.GAIN): "gain",
    ("export", Effect.LOSE): "lose",
    ("export", Effect.OTHER_TERMS): "get on other terms",
    ("import", Effect.GAIN): "are heard with",
    ("import", Effect.LOSE): "are no longer heard with",
    ("import", Effect.OTHER_TERMS): "are heard on other terms with",
}
