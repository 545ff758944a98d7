"""Two people decide about one proposal at once, and what is noted is what was done."""

from dataclasses import replace

import pytest

from adapters.values import Proposal, Submission
from broker.app.adapters.handing import bound
from broker.app.adapters.proposals import (
    OpenedProposal,
    dismiss_proposal,
    find_proposal,
    opened,
    proposed_document,
    send_proposal,
)
from broker.app.submitting import Submitted
from broker.core.adapting import KeptProposal, ProposalState
from broker.core.errors import ConfigurationError, RefusedError, StoreError
from broker.core.outgoing import OutgoingDocument
from tests.adapter_world import AdapterWorld, example_document

CANARY = "informant-Kiprotich-manifest.json"


class Deciding:
    """A proposal at a real node, which people look at."""

    def __init__(self, world: AdapterWorld, source: bytes) -> None:
        self.world, self.source = world, source
        self.node, self.keys = world.node, world.keys
        self.store = world.side.store
        self.name = ""

    async def put(self, title: str = "Hit in a manifest") -> str:
        submission = Submission(
            key=f"{CANARY}/1",
            kind="diversion-alert/1",
            content=example_document("diversion-alert"),
            handling="TLP:AMBER",
            to=("BEL",),
            based_on=(self.source,),
        )
        proposal = Proposal(submission=submission, title=title, reasons=(title,))
        self.name = await self.world.desk().propose(proposal)
        return self.name

    @property
    def kept(self) -> KeptProposal:
        return find_proposal(self.node, self.name)

    def looked_at(self) -> tuple[OpenedProposal, OutgoingDocument]:
        one = opened(self.node, self.keys, self.kept)
        return one, proposed_document(self.node, self.keys, one)

    def send(
        self, looked: tuple[OpenedProposal, OutgoingDocument], by: str
    ) -> Submitted:
        one, document = looked
        return send_proposal(
            self.node, self.keys, lambda: self.world.side.trust, one, document, by
        )

    @property
    def sent(self) -> list[bytes]:
        return self.store.sent_of_kind("diversion-alert/1")


@pytest.fixture
async def deciding(at_node: AdapterWorld) -> Deciding:
    made = Deciding(at_node, await at_node.arrives())
    await made.put()
    return made


def test_what_somebody_has_dismissed_meanwhile_is_not_sent(deciding: Deciding) -> None:
    looked = deciding.looked_at()
    dismiss_proposal(deciding.node, deciding.kept, "Bob")
    with pytest.raises(ConfigurationError, match="dismissed"):
        deciding.send(looked, "Ann")
    assert deciding.sent == []
    assert (deciding.kept.state, deciding.kept.decided_by) == (
        ProposalState.DISMISSED,
        "Bob",
    )


def test_a_dismissal_in_the_very_moment_of_sending_ends_it(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, kept = deciding.looked_at(), deciding.kept

    def dismissed_now(*given: object) -> object:
        dismiss_proposal(deciding.node, kept, "Bob")
        return bound(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("broker.app.adapters.proposals.bound", dismissed_now)
    with pytest.raises(ConfigurationError, match="dismissed it meanwhile"):
        deciding.send(looked, "Ann")
    assert deciding.sent == []
    assert opened(deciding.node, deciding.keys, deciding.kept).done is None


def test_a_dismissal_that_comes_too_late_says_so_and_who_sent_it(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = deciding.kept
    with monkeypatch.context() as patched:
        patched.setattr(type(deciding.store), "decide_proposal", _crash)
        with pytest.raises(StoreError):
            deciding.send(deciding.looked_at(), "Ann")
    assert dismiss_proposal(deciding.node, kept, "Bob") is ProposalState.SENT
    assert deciding.kept.decided_by == "Ann"
    with pytest.raises(ConfigurationError):
        dismiss_proposal(deciding.node, kept, "Bob")


def test_of_two_who_send_it_the_first_stays_on_record(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = deciding.looked_at(), deciding.looked_at()
    with monkeypatch.context() as patched:
        patched.setattr(type(deciding.store), "decide_proposal", _crash)
        with pytest.raises(StoreError):
            deciding.send(first, "Ann")
    one, document = second
    changed = one, replace(document, case_reference="KEN-77")
    assert deciding.send(changed, "Bob").repeated
    assert deciding.kept.decided_by == "Ann"
    assert len(deciding.sent) == 1


async def test_what_was_taken_back_while_a_person_looked_is_not_sent(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, kept = deciding.looked_at(), deciding.kept
    await deciding.world.taken_back(deciding.source)
    with pytest.raises(ConfigurationError, match="erased"):
        deciding.send(looked, "Ann")
    monkeypatch.setattr(type(deciding.store), "proposal", lambda *_: [kept])
    with pytest.raises(RefusedError):
        deciding.send(looked, "Ann")
    assert deciding.sent == []


async def test_nothing_that_a_proposal_says_lies_in_clear_in_the_file(
    deciding: Deciding,
) -> None:
    await deciding.put("second line\nhandling: TLP:CLEAR\u2028x")
    raw = b"".join(one.read_bytes() for one in deciding.world.folder.glob("KEN*"))
    for canary in (CANARY, "Kiprotich", "Hit in a manifest"):
        assert canary.encode() not in raw


async def test_what_an_adapter_calls_it_cannot_become_a_line_of_a_draft(
    at_node: AdapterWorld,
) -> None:
    made = Deciding(at_node, await at_node.arrives())
    await made.put("A hit\nhandling: TLP:CLEAR\r\nto: [MEX]\u2028")
    proposal = opened(made.node, made.keys, made.kept).proposal
    assert proposal is not None
    assert proposal.title == "A hit handling: TLP:CLEAR to: [MEX]"
    assert proposal.reasons == (proposal.title,)


def test_what_is_dismissed_leaves_the_write_ahead_log_too(deciding: Deciding) -> None:
    protected = deciding.kept.protected
    assert protected in _files(deciding)
    dismiss_proposal(deciding.node, deciding.kept, "Bob")
    assert deciding.store.scrub()
    assert protected not in _files(deciding)


def _files(deciding: Deciding) -> bytes:
    return b"".join(one.read_bytes() for one in deciding.world.folder.glob("KEN*"))


def _crash(*_: object, **__: object) -> bool:
    raise StoreError("crashed")
