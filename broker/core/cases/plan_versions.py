"""The versions of a joint mitigation plan, and which replaces which.

Who agrees to which is left to `broker.core.cases.plan_fold`.
"""

from collections import deque
from collections.abc import Iterable, Mapping

from broker.core.cases.plan_messages import Answer, PlanMessage, PlanTerms, Proposal
from broker.core.cases.plan_state import Version


def carried(message: PlanMessage) -> PlanTerms | None:
    """Returns the version that a message brings; None if it brings none that counts.

    It counts only between just those whom it names as parties.
    """
    found: PlanTerms | None = None
    match message.word:
        case Proposal(terms=terms) if not terms.replaces:
            found = terms
        case Answer(amended=PlanTerms() as terms) as answer if (
            terms.plan_id == answer.plan_id and answer.terms_digest in terms.replaces
        ):
            found = terms
        case _:
            pass
    fits = found is not None and found.parties == message.members
    return found if fits else None


def versions_in(ordered: Iterable[PlanMessage]) -> dict[bytes, Version]:
    """Returns the versions that count, by digest: each after those it replaces.

    Args:
        ordered: Messages of one plan, oldest first.
    """
    carriers: dict[bytes, list[PlanMessage]] = {}
    brought: dict[bytes, PlanTerms] = {}
    for message in ordered:
        if terms := carried(message):
            brought[terms.digest] = terms
            carriers.setdefault(terms.digest, []).append(message)
    missing = {digest: {*terms.replaces} for digest, terms in brought.items()}
    waiting: dict[bytes, list[bytes]] = {}
    for digest, terms in brought.items():
        for older in terms.replaces:
            waiting.setdefault(older, []).append(digest)
    known: dict[bytes, Version] = {}
    ready = deque(digest for digest, older in missing.items() if not older)
    while ready:
        digest = ready.popleft()
        known[digest] = Version(terms=brought[digest], carriers=tuple(carriers[digest]))
        for newer in waiting.get(digest, ()):
            missing[newer].discard(digest)
            if not missing[newer]:
                ready.append(newer)
    return known


def ancestors(digest: bytes, known: Mapping[bytes, Version]) -> set[bytes]:
    """Returns every version that one replaces, directly or through others."""
    found: set[bytes] = set()
    ahead = [*known[digest].terms.replaces]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead.extend(known[one].terms.replaces)
    return found
