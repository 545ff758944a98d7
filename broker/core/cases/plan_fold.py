"""What messages about a joint mitigation plan amount to: the same for every party.

The state is a pure function of the set of messages that all parties of the plan have;
in which order they came, how often and when, does not matter. Reading and sending them
is left to others.

1. A message belongs to the plan of its id and of everybody who has it: its sender and
   the recipients in its signed header. One that was sent to fewer or to more belongs to
   no plan, so that nobody counts what others do not have.
2. A version counts once all versions that it replaces do.
3. Each party has one word: its proposal, or the answer with the highest sequence. Two
   different ones of one sequence, and a word about a version that is not known, agree
   to nothing.
4. The plan is agreed when the words of all parties agree to one version; whoever amends
   or withdraws ends that until all agree again.
5. Of an action, only its owner's reports about the agreed version count.
"""

from collections.abc import Iterable, Iterator, Mapping

from broker.core.cases.plan_messages import (
    Action,
    Answer,
    PlanMessage,
    PlanTerms,
    Progress,
    Proposal,
    Report,
    Verdict,
)
from broker.core.cases.plan_state import (
    ActionState,
    Doubt,
    Misfit,
    Misplaced,
    Phase,
    Plans,
    PlanState,
    Position,
    Version,
)
from broker.core.cases.plan_versions import ancestors, carried, versions_in
from keys.identity import PartyId

_Key = tuple[bytes, tuple[PartyId, ...]]


def plans_in(messages: Iterable[PlanMessage]) -> Plans:
    """Returns what messages amount to, whatever order they came in.

    Args:
        messages: All that a party has, each any number of times.
    """
    groups: dict[tuple[bytes, tuple[PartyId, ...]], list[PlanMessage]] = {}
    distinct = {one.digest: one for one in messages}
    for message in sorted(distinct.values(), key=lambda one: one.order):
        key = (message.word.plan_id, message.members)
        groups.setdefault(key, []).append(message)
    plans = {key: plan_state(*key, own) for key, own in groups.items() if _founded(own)}
    stray = [
        Misplaced(message=one, why=_why_stray(one, plans.values()))
        for key, own in groups.items()
        if key not in plans
        for one in own
    ]
    return Plans(
        plans=tuple(plans.values()),
        stray=tuple(sorted(stray, key=lambda one: one.message.order)),
    )


def plan_state(
    plan_id: bytes, parties: tuple[PartyId, ...], messages: Iterable[PlanMessage]
) -> PlanState:
    """Returns the state of one plan.

    Args:
        plan_id: Of the plan.
        parties: Of the plan, ascending.
        messages: With this id, between just these parties, in any order.
    """
    ordered = sorted(messages, key=lambda one: one.order)
    known = versions_in(ordered)
    positions = tuple(_position(party, ordered, known) for party in parties)
    versions = _with_support(known, positions)
    agreed = _agreed(positions)
    actions = _actions(known[agreed].terms, ordered) if agreed else ()
    return PlanState(
        plan_id=plan_id,
        parties=parties,
        phase=_phase(positions, agreed, actions),
        agreed=agreed,
        versions=versions,
        positions=positions,
        actions=actions,
        misplaced=tuple(_misplaced(ordered, known, agreed)),
        messages=tuple(ordered),
    )


def _founded(messages: Iterable[PlanMessage]) -> bool:
    return any(isinstance(one.word, Proposal) and carried(one) for one in messages)


def _position(
    party: PartyId, ordered: Iterable[PlanMessage], known: Mapping[bytes, Version]
) -> Position:
    """Returns where a party stands."""
    words: dict[int, list[PlanMessage]] = {}
    for message in ordered:
        if message.by == party and not isinstance(message.word, Report):
            words.setdefault(_sequence(message), []).append(message)
    if not words:
        return Position(party=party)
    last = max(words)
    said = {(_verdict(one), _about(one), _names(one)) for one in words[last]}
    verdict, version, named = min(said)
    doubt = Doubt.NONE
    if len(said) > 1:
        doubt = Doubt.EQUIVOCATION
    elif not {version, named} <= {*known}:
        doubt = Doubt.UNKNOWN_VERSION
    return Position(
        party=party,
        verdict=verdict,
        version=version,
        sequence=last,
        messages=tuple(words[last]),
        doubt=doubt,
    )


def _sequence(message: PlanMessage) -> int:
    return message.word.sequence if isinstance(message.word, Answer) else 0


def _verdict(message: PlanMessage) -> Verdict:
    word = message.word
    return word.verdict if isinstance(word, Answer) else Verdict.ACCEPT


def _about(message: PlanMessage) -> bytes:
    """Returns the version that a word is for, or against."""
    match message.word:
        case Proposal(terms=terms) | Answer(amended=PlanTerms() as terms):
            return terms.digest
        case Answer(terms_digest=digest) | Report(terms_digest=digest):
            return digest


def _names(message: PlanMessage) -> bytes:
    """Returns the version that a word answers; a proposal, its own."""
    word = message.word
    return word.terms.digest if isinstance(word, Proposal) else word.terms_digest


def _agreed(positions: Iterable[Position]) -> bytes:
    """Returns the digest that the words of all parties agree to, or nothing."""
    digests = {one.agrees_to for one in positions}
    return digests.pop() if len(digests) == 1 else b""


def _with_support(
    known: Mapping[bytes, Version], positions: Iterable[Position]
) -> tuple[Version, ...]:
    """Returns the versions with who agrees to them, by their oldest message."""
    supporters: dict[bytes, list[PartyId]] = {}
    for one in positions:
        if one.agrees_to:
            supporters.setdefault(one.agrees_to, []).append(one.party)
    superseded = {older for digest in supporters for older in ancestors(digest, known)}
    found = (
        Version(
            terms=one.terms,
            carriers=one.carriers,
            supporters=tuple(supporters.get(digest, ())),
            is_open=digest in supporters and digest not in superseded,
        )
        for digest, one in known.items()
    )
    return tuple(sorted(found, key=lambda one: one.carriers[0].order))


def _actions(
    terms: PlanTerms, ordered: Iterable[PlanMessage]
) -> tuple[ActionState, ...]:
    """Returns how far the actions of the agreed version are."""
    reports: dict[int, dict[int, list[PlanMessage]]] = {}
    for message in ordered:
        word = message.word
        if isinstance(word, Report) and _misfit(message, terms) is None:
            of_action = reports.setdefault(word.action, {})
            of_action.setdefault(word.sequence, []).append(message)
    return tuple(_action(one, reports.get(one.number, {})) for one in terms.actions)


def _action(action: Action, reports: Mapping[int, list[PlanMessage]]) -> ActionState:
    if not reports:
        return ActionState(action=action)
    last = max(reports)
    said = {
        (one.word.status, one.word.date)
        for one in reports[last]
        if isinstance(one.word, Report)
    }
    alone = len(said) == 1
    return ActionState(
        action=action,
        progress=min(said)[0] if alone else Progress.AGREED,
        sequence=last,
        messages=tuple(reports[last]),
        doubt=Doubt.NONE if alone else Doubt.EQUIVOCATION,
    )


def _phase(
    positions: Iterable[Position], agreed: bytes, actions: Iterable[ActionState]
) -> Phase:
    words = [*positions]
    clear = {one.verdict for one in words if not one.doubt}
    backed = {one.agrees_to for one in words if one.agrees_to}
    if Verdict.WITHDRAW in clear:
        phase = Phase.WITHDRAWN
    elif Verdict.DECLINE in clear:
        phase = Phase.DECLINED
    elif agreed:
        done = all(one.progress is Progress.DONE for one in actions)
        phase = Phase.COMPLETED if done else Phase.AGREED
    elif len(backed) == 1 and not any(one.doubt for one in words):
        phase = Phase.PROPOSED
    else:
        phase = Phase.CONTESTED
    return phase


def _misplaced(
    ordered: Iterable[PlanMessage], known: Mapping[bytes, Version], agreed: bytes
) -> Iterator[Misplaced]:
    """Yields what all parties have and what has no effect."""
    for message in ordered:
        why: Misfit | None = None
        if isinstance(message.word, Report):
            version = known.get(message.word.terms_digest)
            why = Misfit.UNKNOWN_VERSION
            if version is not None:
                why = _misfit(message, version.terms)
                if why is None and message.word.terms_digest != agreed:
                    why = Misfit.NOT_AGREED
        elif not {_about(message), _names(message)} <= {*known}:
            why = _why_unknown(message)
        if why is not None:
            yield Misplaced(message=message, why=why)


def _misfit(message: PlanMessage, terms: PlanTerms) -> Misfit | None:
    """Tells why a report says nothing about a version; None when it does."""
    word = message.word
    if not isinstance(word, Report) or word.terms_digest != terms.digest:
        return Misfit.UNKNOWN_VERSION
    owners = {one.number: one.owner for one in terms.actions}
    if word.action not in owners:
        return Misfit.NO_SUCH_ACTION
    return None if owners[word.action] == message.by else Misfit.NOT_THE_OWNER


def _why_unknown(message: PlanMessage) -> Misfit:
    """Tells why the version that a word brings, or is about, does not count."""
    word = message.word
    brought = word.terms if isinstance(word, Proposal) else None
    if isinstance(word, Answer):
        brought = word.amended
    if brought is None or brought.parties == message.members:
        return Misfit.UNKNOWN_VERSION
    return (
        Misfit.OTHER_RECIPIENTS if message.by in brought.parties else Misfit.NOT_A_PARTY
    )


def _why_stray(message: PlanMessage, plans: Iterable[PlanState]) -> Misfit:
    """Tells why a message belongs to no plan."""
    if isinstance(message.word, Proposal):
        return _why_unknown(message)
    same = [one for one in plans if one.plan_id == message.word.plan_id]
    if not same:
        return Misfit.UNKNOWN_PLAN
    inside = any(message.by in one.parties for one in same)
    return Misfit.OTHER_RECIPIENTS if inside else Misfit.NOT_A_PARTY
