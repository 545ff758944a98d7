"""Claim: a plan's state is the same at every party, whatever happens to messages.

Parties speak by what they have seen, some lie, and messages come late, again and in any
order. Once everything has come everywhere, everybody sees the same.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, Final

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from broker.core.cases.plan_fold import plans_in
from broker.core.cases.plan_messages import (
    Answer,
    PlanMessage,
    PlanTerms,
    Progress,
    Proposal,
    Verdict,
)
from broker.core.cases.plan_state import Phase, PlanState
from broker.core.cases.plan_steps import next_answer, next_report
from keys.identity import PartyId
from tests.unit.broker.core.cases.plan_world import (
    accepts,
    answered,
    proposed,
    reported,
    terms,
)
from tests.world import BEL, KEN, MEX, STRANGER, XPO

_EVERYBODY: Final = (BEL, KEN, MEX, XPO)
_DATES: Final = st.integers(0, 5)  # skewed: dates say nothing about order
_WHO: Final = st.integers(0, 3)
_WHICH: Final = st.integers(0, 7)


class Exchange(RuleBasedStateMachine):
    """Some parties, what each has got, and what is still under way to it."""

    def __init__(self) -> None:
        super().__init__()
        self.parties: tuple[PartyId, ...] = ()
        self.got: dict[PartyId, list[PlanMessage]] = {}
        self.under_way: list[tuple[PartyId, PlanMessage]] = []
        self.numbers: Iterator[int] = itertools.count()

    @initialize(count=st.integers(2, 4), who=_WHO, at_ms=_DATES)
    def propose(self, count: int, who: int, at_ms: int) -> None:
        self.parties = _EVERYBODY[:count]
        self.got = {party: [] for party in self.parties}
        self._send(self._party(who), proposed, self._terms("first"), at_ms=at_ms)

    @rule(who=_WHO, which=_WHICH, at_ms=_DATES)
    def accept(self, who: int, which: int, at_ms: int) -> None:
        for by, plan, version in self._seen(who, which):
            self._send(by, accepts, version, next_answer(plan, by), at_ms=at_ms)

    @rule(which=_WHICH, done=st.booleans())
    def come_together(self, which: int, *, done: bool) -> None:
        """Has everybody agree to one version; the owners may act at once."""
        for who in range(len(self.parties)):
            self.accept(who, which, 0)
        if done:
            for who in range(2):
                self.report(who, which, who + 1, Progress.DONE, 0)

    @rule(
        who=_WHO,
        which=_WHICH,
        verdict=st.sampled_from((Verdict.DECLINE, Verdict.WITHDRAW)),
        at_ms=_DATES,
    )
    def refuse(self, who: int, which: int, verdict: Verdict, at_ms: int) -> None:
        for by, plan, version in self._seen(who, which):
            number = next_answer(plan, by)
            self._send(by, answered, verdict, version, number, at_ms=at_ms)

    @rule(who=_WHO, which=_WHICH, at_ms=_DATES, merging=st.booleans())
    def amend(self, who: int, which: int, at_ms: int, *, merging: bool) -> None:
        for by, plan, version in self._seen(who, which):
            open_now = [one.terms for one in plan.open_versions] if merging else []
            replaced = {one.digest: one for one in (version, *open_now)}
            newer = self._terms(f"{next(self.numbers)}", [*replaced.values()])
            self._send(
                by,
                answered,
                Verdict.AMEND,
                version,
                next_answer(plan, by),
                amended=newer,
                at_ms=at_ms,
            )

    @rule(
        who=_WHO,
        which=_WHICH,
        action=st.integers(1, 3),
        status=st.sampled_from([*Progress][1:]),
        at_ms=_DATES,
    )
    def report(
        self, who: int, which: int, action: int, status: Progress, at_ms: int
    ) -> None:
        for by, plan, version in self._seen(who, which):
            number = next_report(plan, by, action)
            self._send(by, reported, version, action, status, number, at_ms=at_ms)

    @rule(who=_WHO, which=_WHICH, number=st.integers(0, 3))
    def equivocate(self, who: int, which: int, number: int) -> None:
        """Says two things under one number."""
        for by, _, version in self._seen(who, which):
            self._send(by, accepts, version, number)
            self._send(by, answered, Verdict.DECLINE, version, number)

    @rule(who=_WHO, which=_WHICH, left_out=_WHO)
    def tell_some_only(self, who: int, which: int, left_out: int) -> None:
        """Tells one thing to some of them, and nothing or another to the rest."""
        for by, plan, version in self._seen(who, which):
            number = next_answer(plan, by)
            apart = self._party(left_out)
            others = [one for one in self.parties if one not in (by, apart)]
            self._send(by, accepts, version, number, to=others)
            if apart != by:
                self._send(by, answered, Verdict.DECLINE, version, number, to=[apart])

    @rule(who=_WHO, number=st.integers(1, 9))
    def forge(self, who: int, number: int) -> None:
        """Agrees to a version that nobody has seen."""
        never = self._terms(f"forged {next(self.numbers)}")
        self._send(self._party(who), accepts, never, number)

    @rule(who=_WHO, text=st.sampled_from(("first", "copied")))
    def copy_the_id(self, who: int, text: str) -> None:
        """Proposes something else, or the same, under the plan's id."""
        self._send(self._party(who), proposed, self._terms(text))

    @rule(which=_WHICH)
    def intrude(self, which: int) -> None:
        """Lets a stranger speak to everybody."""
        for _, _, version in self._seen(0, which):
            self._send(STRANGER, accepts, version, to=self.parties)

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 1000), again=st.booleans())
    def deliver(self, which: int, *, again: bool) -> None:
        """Brings one of all messages that are under way; perhaps not for good."""
        place = which % len(self.under_way)
        party, one = self.under_way[place]
        self.got[party].append(one)
        if not again:
            del self.under_way[place]

    @invariant()
    def nobody_sees_an_agreement_that_was_not_given(self) -> None:
        for party in self.parties:
            for plan in plans_in(self.got[party]).plans:
                assert plan.agreed == _agreed_naively(plan.parties, self.got[party])

    def teardown(self) -> None:
        """Everything comes everywhere: all see the same, in whatever order it came."""
        for party, one in self.under_way:
            self.got[party].append(one)
        views = [plans_in(self.got[party]).plans for party in self.parties]
        for party, view in zip(self.parties, views, strict=True):
            assert plans_in(reversed(self.got[party])).plans == view
            assert _between(self.parties, view) == _between(self.parties, views[0])

    def _party(self, who: int) -> PartyId:
        return self.parties[who % len(self.parties)]

    def _terms(self, text: str, replaces: list[PlanTerms] | None = None) -> PlanTerms:
        actions = [(party, "acts") for party in self.parties[:2]]
        return terms(
            text, parties=self.parties, actions=actions, replaces=replaces or ()
        )

    def _seen(
        self, who: int, which: int
    ) -> Iterator[tuple[PartyId, PlanState, PlanTerms]]:
        """Yields a party, the plan as it sees it, and one of the versions, if any."""
        party = self._party(who)
        for plan in plans_in(self.got[party]).plans:
            if plan.parties == self.parties:
                version = plan.versions[which % len(plan.versions)]
                yield party, plan, version.terms

    def _send(
        self,
        by: PartyId,
        make: Callable[..., PlanMessage],
        *arguments: Any,  # noqa: ANN401 - of whatever makes the message
        to: Any = None,  # noqa: ANN401 - likewise
        **more: Any,  # noqa: ANN401 - likewise
    ) -> None:
        others = [one for one in self.parties if one != by] if to is None else to
        nonce = f"{next(self.numbers)}"
        one = make(by, *arguments, to=others, nonce=nonce, **more)
        if by in self.got:
            self.got[by].append(one)
        self.under_way += [(party, one) for party in others]


def _between(
    parties: tuple[PartyId, ...], plans: tuple[PlanState, ...]
) -> list[PlanState]:
    return [one for one in plans if one.parties == parties]


def _agreed_naively(parties: tuple[PartyId, ...], got: list[PlanMessage]) -> bytes:
    """What all agree to, told once more from the rules and without their code."""
    heard = [one for one in got if {one.by, *one.to} == {*parties}]
    known: set[bytes] = set()
    for _ in heard:
        for one in heard:
            match one.word:
                case Proposal(terms=new) if {*new.parties} == {*parties}:
                    known.add(new.digest)
                case Answer(amended=PlanTerms() as new) if {*new.replaces} <= known:
                    known.add(new.digest)
    backed = set()
    for party in parties:
        words: dict[int, set[tuple[str, bytes]]] = {}
        for one in heard:
            match one.word:
                case Proposal(terms=new) if one.by == party:
                    words.setdefault(0, set()).add(("accept", new.digest))
                case Answer(sequence=number, verdict=said) as word if one.by == party:
                    about = word.amended.digest if word.amended else word.terms_digest
                    words.setdefault(number, set()).add((said, about))
        last = words[max(words)] if words else set()
        verdict, about = next(iter(last)) if len(last) == 1 else ("", b"")
        yes = verdict in {"accept", "amend"} and about in known
        backed.add(about if yes else b"")
    return backed.pop() if len(backed) == 1 else b""


Exchange.TestCase.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None
)
TestExchange = Exchange.TestCase


def test_a_lie_to_some_leaves_everybody_with_what_all_were_told() -> None:
    first = terms(parties=(BEL, KEN, MEX))
    honest = [proposed(BEL, first), accepts(MEX, first)]
    for_bel = accepts(KEN, first, to=(BEL,))
    for_mex = answered(KEN, Verdict.DECLINE, first, to=(MEX,))
    [at_bel] = plans_in([*honest, for_bel]).plans
    [at_mex] = plans_in([*honest, for_mex]).plans
    assert at_bel == at_mex
    assert at_bel.phase is Phase.PROPOSED
