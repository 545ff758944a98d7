"""The desk of an adapter at a node gives, sends and keeps what it may, once."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from adapters.values import Proposal, Submission
from broker.app.adapters.desk import NodeDesk
from broker.app.adapters.feeding import Feeder
from broker.app.adapters.proposals import (
    dismiss_proposal,
    draft_of,
    find_proposal,
    opened,
    proposed_document,
    send_proposal,
)
from broker.core.adapting import Count, ProposalState
from broker.core.errors import (
    Code,
    ConfigurationError,
    DocumentError,
    RefusedError,
    StoreError,
)
from broker.core.handling import Handling, IntendedUse, Restrictions, Tlp
from broker.core.handover import Taker
from tests.adapter_world import AdapterWorld, example_document
from tests.unit.broker.app.adapters.recorder import Recorder
from tests.world import BEL, MEX

BOUND = Handling(
    tlp=Tlp.AMBER,
    restrictions=Restrictions(no_onward=True, retention_days=90, other="Ask us first"),
)


def alert(
    key: str = "one",
    *,
    handling: str = "TLP:AMBER",
    sources: tuple[bytes, ...] = (),
    content: Mapping[str, object] | None = None,
) -> Submission:
    return Submission(
        key=key,
        kind="diversion-alert/1",
        content=content or example_document("diversion-alert"),
        handling=handling,
        to=("BEL",),
        case_reference="KEN-9",
        based_on=sources,
    )


@pytest.fixture
def desk(at_node: AdapterWorld) -> NodeDesk:
    made = at_node.desk()
    at_node.side.store.know_adapter("adapter", "recorder", "adapter", 1)
    return made


async def test_what_arrives_is_handed_over_and_recorded_once(
    at_node: AdapterWorld,
) -> None:
    digest = await at_node.arrives()
    desk = at_node.desk()
    found = [one async for one in desk.again()]
    assert [one.message_digest for one in found] == [digest]
    assert [one async for one in desk.again()] == found
    [given] = at_node.side.store.handed_out(digest)
    assert given.desk == "adapter"


async def test_again_gives_what_is_left_of_some_kinds_since_a_time(
    at_node: AdapterWorld,
) -> None:
    desk = at_node.desk()
    alerts = [await at_node.arrives() for _ in range(2)]
    loss = await at_node.arrives("stock-loss")
    secret = await at_node.arrives(handling="TLP:RED")
    low = at_node.desk(at_node.configured(ceiling="TLP:AMBER"))
    await at_node.taken_back(alerts[0])
    assert [one.message_digest async for one in low.again()] == [alerts[1], loss]
    found = [one.message_digest async for one in desk.again(("stock-loss",))]
    assert found == [loss]
    since = at_node.side.received(loss).received_ms
    found = [one.message_digest async for one in desk.again(since_ms=since)]
    assert found == [loss, secret]


async def test_one_content_that_cannot_be_opened_keeps_no_other_back(
    at_node: AdapterWorld,
) -> None:
    first, second = await at_node.arrives(), await at_node.arrives()
    with at_node.side.store._database.write() as db:
        db.execute(
            "UPDATE inbox SET protected_key = zeroblob(60) WHERE message_digest = ?",
            (first,),
        )
    desk = at_node.desk()
    assert [one.message_digest async for one in desk.again()] == [second]
    feeder = Feeder(desk, recorder := Recorder(), 5.0)
    at_node.side.store.know_adapter("adapter", "recorder", "adapter", 1)
    while await feeder.step():
        pass
    assert [one.message_digest for one in recorder.delivered] == [second]
    assert [one.code for one in at_node.side.store.letters()] == ["cannot-open"]


async def test_an_adapter_of_another_purpose_or_agency_is_given_nothing(
    at_node: AdapterWorld,
) -> None:
    narrow = Restrictions(
        release_to=("Police",), purposes=frozenset({IntendedUse.ANALYSIS})
    )
    await at_node.arrives(handling=replace(BOUND, restrictions=narrow))
    for agency, use, count in (
        ("Customs", IntendedUse.ANALYSIS, 0),
        ("Police", IntendedUse.TRANSFER_CONTROL, 0),
        ("Police", IntendedUse.ANALYSIS, 1),
    ):
        taker = Taker(desk="adapter", agency=agency, use=use)
        desk = at_node.desk(at_node.configured(taker=taker))
        assert len([one async for one in desk.again()]) == count


async def test_a_submission_is_sent_once_for_each_key_whatever_comes_later(
    at_node: AdapterWorld, desk: NodeDesk
) -> None:
    first = await desk.submit(alert())
    assert await desk.submit(alert()) == first
    assert await desk.submit(alert(handling="TLP:GREEN")) == first
    assert await desk.submit(alert("two")) != first
    store = at_node.side.store
    assert len(store.sent_of_kind("diversion-alert/1")) == 2
    by = store.submitted_by(first[0])
    assert by is not None
    assert (by.submitter, by.agency) == ("adapter:adapter", "adapter")
    health = store.adapter("adapter")
    assert health is not None
    assert health.counts == {Count.SUBMITTED: 2}


@pytest.mark.parametrize("proposed", [False, True])
async def test_a_document_looser_than_what_it_is_based_on_is_refused(
    at_node: AdapterWorld, desk: NodeDesk, *, proposed: bool
) -> None:
    source = await at_node.arrives(handling="TLP:AMBER H1")

    async def give(submission: Submission) -> None:
        if proposed:
            await desk.propose(Proposal(submission=submission, title="t", reasons=()))
        else:
            await desk.submit(submission)

    for handling in ("TLP:GREEN H1", "TLP:AMBER", "TLP:CLEAR"):
        with pytest.raises(RefusedError) as refused:
            await give(alert(handling=handling, sources=(source,)))
        assert refused.value.code is Code.LOOSER_HANDLING
    with pytest.raises(RefusedError):
        await give(alert(sources=(b"\x07" * 32,)))
    store = at_node.side.store
    assert (store.sent_of_kind("diversion-alert/1"), store.proposals()) == ([], [])


async def test_restrictions_of_what_it_is_based_on_bind_what_is_sent(
    at_node: AdapterWorld, desk: NodeDesk
) -> None:
    source = await at_node.arrives(handling=BOUND)
    [digest] = await desk.submit(alert(sources=(source,)))
    sent = at_node.side.sent(digest).header.handling
    assert sent.restrictions.no_onward
    assert sent.restrictions.retention_days == 90
    assert "Ask us first" in sent.restrictions.other


async def test_what_does_not_fit_its_kind_has_no_effect(
    at_node: AdapterWorld, desk: NodeDesk
) -> None:
    wrong = alert(content={"serial": "X"})
    with pytest.raises(DocumentError):
        await desk.submit(wrong)
    with pytest.raises(DocumentError):
        await desk.propose(Proposal(submission=wrong, title="t", reasons=()))
    with pytest.raises(DocumentError):
        await desk.submit(replace(alert(), to=()))
    assert at_node.side.store.proposals() == []


async def test_an_adapter_is_told_of_files_and_can_neither_open_nor_attach_any(
    at_node: AdapterWorld, desk: NodeDesk
) -> None:
    file = {
        "kind": "ATTACHMENT_KIND_MARK",
        "name": "frame.jpg",
        "mediaType": "image/jpeg",
        "size": 12,
        "chunkSize": 262144,
        **dict.fromkeys(("sha256", "blob", "key"), "AQEB" * 10 + "AQE="),
    }
    await at_node.arrives(content={"attachments": [file]})
    [given] = [one async for one in desk.again()]
    shown = str(given.document["attachments"])
    assert "frame.jpg" in shown
    assert "'key'" not in shown
    assert "'blob'" not in shown
    forged = alert(content=example_document("diversion-alert", attachments=[file]))
    with pytest.raises(RefusedError) as refused:
        await desk.submit(forged)
    assert refused.value.code is Code.INVALID_ATTACHMENT
    with pytest.raises(RefusedError):
        await desk.propose(Proposal(submission=forged, title="t", reasons=()))


class Proposed:
    """A proposal at a real node, based on an alert from BEL."""

    def __init__(self, world: AdapterWorld, source: bytes) -> None:
        self.world, self.source = world, source
        self.node, self.keys = world.node, world.keys

    async def put(self, handling: str = "TLP:AMBER") -> str:
        submission = alert(handling=handling, sources=(self.source,))
        proposal = Proposal(
            submission=submission, title="Hit in a manifest", reasons=("container",)
        )
        return await self.world.desk().propose(proposal)

    def send(self, name: str) -> bytes:
        one = opened(self.node, self.keys, find_proposal(self.node, name))
        document = proposed_document(self.node, self.keys, one)
        sent = send_proposal(
            self.node, self.keys, lambda: self.world.side.trust, one, document, "Ann"
        )
        [digest] = sent.done.messages
        return digest


@pytest.fixture
async def proposed(at_node: AdapterWorld) -> Proposed:
    source = await at_node.arrives(handling=BOUND)
    return Proposed(at_node, source)


async def test_a_proposal_is_kept_once_and_leaves_only_when_a_person_sends_it(
    proposed: Proposed,
) -> None:
    name = await proposed.put()
    assert await proposed.put("TLP:RED") == name
    store = proposed.world.side.store
    assert store.sent_of_kind("diversion-alert/1") == []
    raw = b"".join(path.read_bytes() for path in proposed.world.folder.glob("KEN*"))
    assert b"Hit in a manifest" not in raw
    digest = proposed.send(name[:6])
    assert proposed.world.side.sent(digest).header.handling.restrictions.no_onward
    kept = find_proposal(proposed.node, name)
    assert (kept.state, kept.decided_by, kept.protected) == (
        ProposalState.SENT,
        "Ann",
        b"",
    )
    one = opened(proposed.node, proposed.keys, kept)
    assert one.proposal is None
    assert one.done is not None
    assert one.done.messages == (digest,)
    for decide in (
        lambda: proposed.send(name),
        lambda: dismiss_proposal(proposed.node, kept, "Bob"),
    ):
        with pytest.raises(ConfigurationError):
            decide()


async def test_a_crash_between_sending_and_the_note_sends_it_once(
    proposed: Proposed, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, store = await proposed.put(), proposed.world.side.store

    def crash(*_: object) -> bool:
        raise StoreError("crashed")

    with monkeypatch.context() as patched:
        patched.setattr(type(store), "decide_proposal", crash)
        with pytest.raises(StoreError):
            proposed.send(name)
    first = store.sent_of_kind("diversion-alert/1")
    assert len(first) == 1
    assert [proposed.send(name)] == first
    assert store.sent_of_kind("diversion-alert/1") == first


async def test_what_was_sent_before_a_crash_cannot_be_dismissed_any_more(
    proposed: Proposed, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, store = await proposed.put(), proposed.world.side.store
    with monkeypatch.context() as patched:
        patched.setattr(type(store), "decide_proposal", lambda *_: True)
        proposed.send(name)
    kept = find_proposal(proposed.node, name)
    assert dismiss_proposal(proposed.node, kept, "Bob") is ProposalState.SENT


async def test_a_person_may_not_loosen_what_a_proposal_is_based_on(
    proposed: Proposed,
) -> None:
    name = await proposed.put()
    one = opened(proposed.node, proposed.keys, find_proposal(proposed.node, name))
    assert one.proposal is not None
    looser = replace(draft_of(one.proposal), handling="TLP:GREEN", to=("MEX",))
    with pytest.raises(RefusedError) as refused:
        proposed_document(proposed.node, proposed.keys, one, looser)
    assert refused.value.code is Code.LOOSER_HANDLING
    stricter = replace(draft_of(one.proposal), handling="TLP:RED", to=("MEX",))
    document = proposed_document(proposed.node, proposed.keys, one, stricter)
    assert (document.recipients, document.handling.tlp) == ((MEX,), Tlp.RED)


async def test_a_proposal_goes_with_the_message_it_is_based_on(
    proposed: Proposed,
) -> None:
    name = await proposed.put()
    await proposed.world.taken_back(proposed.source, BEL)
    kept = find_proposal(proposed.node, name)
    assert (kept.state, kept.protected) == (ProposalState.ERASED, b"")
    with pytest.raises(ConfigurationError, match="erased"):
        proposed.send(name)
    with pytest.raises(RefusedError):
        await proposed.put()
