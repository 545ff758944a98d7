"""What comes in is screened; a person sees what meets, and the rest is forgotten."""

from dataclasses import dataclass, field

import pytest

from adapters.customs.watchlist import Watchlist
from adapters.declarations.intake import Intake
from adapters.declarations.limits import LIMITS
from adapters.declarations.screening import Bounds
from adapters.errors import RejectedError
from adapters.values import Proposal
from broker.core.errors import Code, RefusedError, StoreError
from tests.declaration_world import NOW_MS, entry, example, listed, received, token

_BOX = {"containers": {"CSQU3054383"}}


@dataclass(slots=True)
class Person:
    """Takes drafts, and refuses those about some entries."""

    refused: tuple[str, ...] = ()
    away: bool = False
    drafts: dict[str, Proposal] = field(default_factory=dict)

    def now_ms(self) -> int:
        return NOW_MS

    async def propose(self, proposal: Proposal) -> str:
        if self.away:
            raise StoreError("the disk is full")
        if any(one in proposal.title for one in self.refused):
            raise RefusedError(Code.LOOSER_HANDLING, "looser")
        self.drafts.setdefault(proposal.submission.key, proposal)
        return proposal.submission.key[:8]


@dataclass(slots=True)
class List:
    """A watch-list that can be exchanged."""

    now: Watchlist

    async def watchlist(self) -> Watchlist:
        return self.now


def _intake(person: Person, source: List, meetings_max: int = 500) -> Intake:
    return Intake(source, person, token, Bounds(meetings_max=meetings_max), LIMITS)


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def source() -> List:
    return List(listed(entry(**_BOX)))


async def test_a_meeting_is_put_before_a_person_once(
    person: Person, source: List
) -> None:
    intake = _intake(person, source)
    first = await intake.take(received(example("manifest.xml")))
    again = await intake.take(received(example("manifest.xml"), "two"))
    assert first == again
    assert (first.lines, len(first.proposals), len(person.drafts)) == (2, 1, 1)


async def test_goods_that_meet_nothing_leave_nothing(person: Person) -> None:
    intake = _intake(person, List(listed(entry(containers={"TEMU9999999"}))))
    taken = await intake.take(received(example("manifest.xml")))
    assert taken.proposals == ()
    assert person.drafts == {}


async def test_a_new_state_of_the_list_is_used_at_once(
    person: Person, source: List
) -> None:
    intake = _intake(person, source)
    source.now = listed()
    await intake.take(received(example("manifest.xml")))
    assert person.drafts == {}
    source.now = listed(entry(**_BOX))
    await intake.take(received(example("manifest.xml")))
    assert len(person.drafts) == 1


async def test_what_cannot_be_read_is_refused_with_its_bytes(
    person: Person, source: List
) -> None:
    with pytest.raises(RejectedError) as raised:
        await _intake(person, source).take(received(b"<Awmds>"))
    assert raised.value.code == "not-well-formed"
    assert raised.value.payload == b"<Awmds>"


async def test_a_wrong_code_does_not_keep_a_meeting_from_a_person(
    person: Person, source: List
) -> None:
    data = example("manifest.xml").replace(b">63090000<", b">CLOTHES<")
    with pytest.raises(RejectedError) as raised:
        await _intake(person, source).take(received(data))
    assert raised.value.code == "codes"
    assert "Bol_segment 2" in str(raised.value)
    assert len(person.drafts) == 1


async def test_what_was_mended_does_not_repeat_what_a_person_has(
    person: Person, source: List
) -> None:
    intake = _intake(person, source)
    data = example("manifest.xml")
    with pytest.raises(RejectedError):
        await intake.take(received(data.replace(b">63090000<", b">CLOTHES<")))
    await intake.take(received(data, "mended"))
    [draft] = person.drafts.values()
    assert any("mistakes" in one for one in draft.reasons)


async def test_more_than_anybody_reads_is_said(person: Person) -> None:
    source = List(listed(*(entry(f"W-{at}", **_BOX) for at in range(5))))
    with pytest.raises(RejectedError) as raised:
        await _intake(person, source, meetings_max=2).take(
            received(example("manifest.xml"))
        )
    assert raised.value.code == "too-many-meetings"
    assert str(raised.value).startswith("3 weaker meetings")
    assert len(person.drafts) == 2


async def test_a_draft_that_is_refused_does_not_keep_others_from_a_person(
    person: Person,
) -> None:
    source = List(listed(entry("W-1", **_BOX), entry("W-2", **_BOX)))
    person.refused = ("W-1",)
    with pytest.raises(RejectedError) as raised:
        await _intake(person, source).take(received(example("manifest.xml")))
    assert raised.value.code == "draft-refused"
    assert len(person.drafts) == 1


async def test_what_cannot_be_stored_now_is_left_for_later(
    person: Person, source: List
) -> None:
    person.away = True
    with pytest.raises(StoreError):
        await _intake(person, source).take(received(example("manifest.xml")))
