"""Messages about a joint mitigation plan, made quickly: no content, no envelope."""

from collections.abc import Sequence
from typing import Final

from broker.core.cases.plan_messages import (
    Action,
    Answer,
    PlanMessage,
    PlanTerms,
    Progress,
    Proposal,
    Report,
    Verdict,
    Word,
)
from keys.framing import labelled_digest, sha256
from keys.identity import PartyId
from tests.world import BEL, KEN, MEX, NOW_MS

PLAN: Final = sha256(b"the plan")
PARTIES: Final = (BEL, KEN, MEX)
HELD: Final = ((KEN, "Hold the container"), (BEL, "Revoke the licence"))


def terms(
    text: str = "first",
    *,
    plan: bytes = PLAN,
    parties: Sequence[PartyId] = PARTIES,
    actions: Sequence[tuple[PartyId, str]] = HELD,
    replaces: Sequence[PlanTerms] = (),
) -> PlanTerms:
    """Returns a version; another text makes another one."""
    replaced = tuple(sorted(one.digest for one in replaces))
    spelled = repr((text, parties, actions)).encode()
    return PlanTerms(
        digest=labelled_digest(b"version", plan, spelled, *replaced),
        plan_id=plan,
        parties=tuple(sorted(parties)),
        actions=tuple(
            Action(number=number, owner=owner, what=what, by_when="2027-02-01")
            for number, (owner, what) in enumerate(actions, 1)
        ),
        replaces=replaced,
    )


def message(
    by: PartyId,
    word: Word,
    *,
    to: Sequence[PartyId] | None = None,
    at_ms: int = NOW_MS,
    nonce: str = "",
) -> PlanMessage:
    """Returns a message to everybody else; `nonce` makes another of the same."""
    others = [one for one in PARTIES if one != by] if to is None else to
    told = repr((by, word, tuple(others), at_ms, nonce)).encode()
    return PlanMessage(
        digest=sha256(told), by=by, to=tuple(others), at_ms=at_ms, word=word
    )


def proposed(by: PartyId, version: PlanTerms, **more: object) -> PlanMessage:
    """Returns a proposal."""
    return message(by, Proposal(terms=version), **more)  # type: ignore[arg-type]


def answered(
    by: PartyId,
    verdict: Verdict,
    version: PlanTerms,
    sequence: int = 1,
    *,
    amended: PlanTerms | None = None,
    **more: object,
) -> PlanMessage:
    """Returns an answer."""
    word = Answer(
        plan_id=version.plan_id,
        terms_digest=version.digest,
        verdict=verdict,
        sequence=sequence,
        amended=amended,
    )
    return message(by, word, **more)  # type: ignore[arg-type]


def accepts(
    by: PartyId, version: PlanTerms, sequence: int = 1, **more: object
) -> PlanMessage:
    """Returns an answer that agrees."""
    return answered(by, Verdict.ACCEPT, version, sequence, **more)  # type: ignore[arg-type]


def reported(
    by: PartyId,
    version: PlanTerms,
    action: int,
    status: Progress = Progress.DONE,
    sequence: int = 1,
    **more: object,
) -> PlanMessage:
    """Returns a report."""
    word = Report(
        plan_id=version.plan_id,
        terms_digest=version.digest,
        action=action,
        status=status,
        sequence=sequence,
    )
    return message(by, word, **more)  # type: ignore[arg-type]
