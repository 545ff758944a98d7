"""What is given up is gone from the file; what cannot be read holds up no other."""

import pytest

from adapters.errors import RejectedError
from adapters.values import Delivery
from broker.app.adapters.handing import Handing
from broker.core.adapting import LetterState
from broker.core.errors import DocumentError
from tests.unit.broker.app.adapters.fed import Fed


def _files(fed: Fed) -> bytes:
    return b"".join(one.read_bytes() for one in fed.world.folder.glob("KEN*"))


@pytest.mark.parametrize("state", [LetterState.DROPPED, LetterState.SETTLED])
async def test_what_was_in_a_letter_leaves_the_write_ahead_log_too(
    fed: Fed, state: LetterState
) -> None:
    fed.adapter.fails.append(RejectedError("no", payload=b"what it said"))
    await fed.world.arrives()
    await fed.all()
    [letter] = fed.store.letters()
    assert letter.protected in _files(fed)
    assert fed.store.settle_letter(letter.number, state, 9)
    assert fed.store.scrub()
    assert letter.protected not in _files(fed)


async def test_a_list_of_letters_can_do_without_what_is_in_them(fed: Fed) -> None:
    fed.adapter.fails.append(RejectedError("no", payload=b"what it said"))
    await fed.world.arrives()
    await fed.all()
    [whole], [bare] = fed.store.letters(), fed.store.letters(bare=True)
    assert whole.protected
    assert (bare.number, bare.protected) == (whole.number, b"")


async def test_a_content_that_this_release_cannot_read_keeps_no_other_back(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable, sound = await fed.world.arrives(), await fed.world.arrives()
    hand = Handing.hand

    def newer(self: Handing, message_digest: bytes, now_ms: int) -> Delivery:
        if message_digest == unreadable:
            raise DocumentError([])
        return hand(self, message_digest, now_ms)

    monkeypatch.setattr(Handing, "hand", newer)
    found = [one.message_digest async for one in fed.desk.again()]
    assert found == [sound]
