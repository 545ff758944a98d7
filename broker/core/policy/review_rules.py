"""One rule with the others of its side: whether it ever counts, and what it adds.

Groups, officers and the two sides together are left to `broker.core.policy.review`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Tlp
from broker.core.policy import vocabulary as words
from broker.core.policy.finding import Finding
from broker.core.policy.outcome import Outcome
from broker.core.policy.reach import meet, permitted, within
from broker.core.policy.rule import Effect, Rule
from broker.core.policy.space import Space, ones


def findings_of_side(
    side: str, rules: Sequence[Rule], space: Space, day: dt.date | None
) -> Iterator[Finding]:
    """Yields what cannot be meant in the rules of one side.

    Args:
        side: "export" or "import".
        rules: In their order.
        space: The questions that they tell apart, for this side alone.
        day: The day from which on they are to work; None: it does not matter.
    """
    reading = _Side(side=side, rules=rules, space=space, day=day)
    for index, rule in enumerate(rules):
        path = f"{side}[{index}]"
        never = list(reading.never(index, rule, path))
        if never:
            yield from never
        elif rule.effect is Effect.PERMIT:
            yield from reading.of_permit(index, rule, path)
        else:
            yield from reading.of_denial(index, rule, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    side: str
    rules: Sequence[Rule]
    space: Space
    day: dt.date | None

    @property
    def places(self) -> tuple[int, ...]:
        return self.space.places[0]

    @property
    def denials(self) -> int:
        return self.space.sides[0].denials

    def never(self, index: int, rule: Rule, path: str) -> Iterator[Finding]:
        """Yields why a rule never applies; nothing when it can."""
        bit, key = self.places[index], "to" if self.side == "export" else "from"
        if not any(row.met >> bit & 1 for row in self.space.rows):
            yield Finding.error(
                f"{path}.{key}",
                "it is about nobody: the groups are empty, or everyone meant is "
                "excepted. Name a party, or take the rule out",
            )
        if not rule.kinds and not rule.every_kind:
            yield Finding.error(
                f"{path}.{rule.effect.name.lower()}",
                "it covers no kind: name kinds, or say every-kind",
            )
        first, last = rule.validity.first, rule.validity.last
        if first is not None and last is not None and last < first:
            yield Finding.error(
                f"{path}.valid",
                f"it ends on {last}, before it begins on {first}: turn the days round",
            )
        elif last is not None and self.day is not None and last < self.day:
            yield Finding.warning(
                f"{path}.valid",
                f"it ended on {last}: set a later day, or take the rule out",
            )

    def of_permit(self, index: int, rule: Rule, path: str) -> Iterator[Finding]:
        """Yields what is wrong with a permit that can apply."""
        bit = self.places[index]
        if not permitted(self.space, 1 << bit, self.denials):
            yield Finding.error(path, self._denied(bit))
            return
        yield from self._ceiling(bit, rule, path)
        yield from self._redundant(index, rule, path)
        yield from _free_text(rule, path)
        if self.side == "export" and rule.every_kind:
            yield from self._about_persons(path)

    def of_denial(self, index: int, rule: Rule, path: str) -> Iterator[Finding]:
        """Yields what is wrong with a denial that can apply."""
        yield from self._redundant(index, rule, path)
        bit = self.places[index]
        permits = list(ones(self.space.sides[0].permits))
        if rule.starting_at is None or any(
            meet(self.space, bit, permit) for permit in permits
        ):
            return
        if any(meet(self.space, bit, permit, but="label") for permit in permits):
            yield Finding.warning(
                f"{path}.starting-at",
                f"nothing is permitted from {rule.starting_at.label} on of what it "
                "denies, so it denies nothing: lower starting-at, or keep it as a "
                "safeguard",
            )

    def _about_persons(self, path: str) -> Iterator[Finding]:
        """Yields whether what is about somebody goes without having been named."""
        denied = {
            kind
            for rule in self.rules
            if rule.effect is Effect.DENY
            for kind in rule.kinds
        }
        gone = [kind for kind in words.ABOUT_PERSONS if kind not in denied]
        if gone:
            yield Finding.warning(
                f"{path}.permit",
                f"every-kind lets {' and '.join(gone)} go, which are about persons: "
                "name the kinds, or deny these",
            )

    def _denied(self, bit: int) -> str:
        """Says which denials leave nothing of a permit."""
        alone = [
            index
            for index, place in enumerate(self.places)
            if self.denials >> place & 1 and within(self.space, bit, place)
        ]
        if any(within(self.space, self.places[index], bit) for index in alone):
            lead = "a denial covers exactly the same"
        else:
            lead = "denials cover all of it"
        guilty = alone or [
            index
            for index, place in enumerate(self.places)
            if self.denials >> place & 1 and meet(self.space, bit, place)
        ]
        names = ", ".join(
            f"{self.rules[index].id} ({self.side}[{index}])" for index in guilty
        )
        return (
            f"it permits nothing: {lead} ({names or 'the policy is not in force then'})"
            ", and a denial wins. Narrow the denial, or take one of them out"
        )

    def _ceiling(self, bit: int, rule: Rule, path: str) -> Iterator[Finding]:
        """Yields whether a ceiling is higher than anything that gets through."""
        if rule.up_to is None:
            return
        goes = [
            tlp
            for tlp in Tlp
            if permitted(self.space, 1 << bit, self.denials, {"label": tlp})
        ]
        if goes and goes[-1] < rule.up_to.tlp:
            yield Finding.warning(
                f"{path}.up-to",
                f"denials leave nothing of it above {goes[-1].label}: say up-to "
                f"{goes[-1].label}, or let the denials start higher",
            )

    def _redundant(self, index: int, rule: Rule, path: str) -> Iterator[Finding]:
        """Yields whether another rule says all that this one says."""
        bit = self.places[index]
        for other_index, other in enumerate(self.rules):
            place = self.places[other_index]
            if (
                other_index == index
                or other.effect is not rule.effect
                or not within(self.space, bit, place)
                or not _binds_no_more(rule, other)
            ):
                continue
            same = within(self.space, place, bit) and _binds_no_more(other, rule)
            if same and other_index > index:
                continue  # of two that say the same, the later one is too many
            yield Finding.warning(
                path,
                f"{other.id} ({self.side}[{other_index}]) says all of this already: "
                "take this rule out, or make it differ",
            )
            return


def _binds_no_more(rule: Rule, other: Rule) -> bool:
    """Tells whether terms of `rule` add nothing to those of `other`."""
    if rule.effect is Effect.DENY:
        return True
    outcome = Outcome.of_rule(other.terms)
    return outcome.joined(Outcome.of_rule(rule.terms)) == outcome


def _free_text(rule: Rule, path: str) -> Iterator[Finding]:
    fields = rule.terms.fields
    gone = [
        field.word
        for field, treatment in sorted(fields.items())
        if treatment is not Treatment.KEEP and field is not FieldClass.FREE_TEXT
    ]
    if gone and fields.get(FieldClass.FREE_TEXT) is Treatment.KEEP:
        yield Finding.warning(
            f"{path}.fields.free-text",
            f"free text is kept, and may tell what does not stay ({', '.join(gone)}): "
            "drop it, or be sure that nobody writes such things there",
        )
