"""A desk counts as told of what was carried out, and of nothing else."""

import pytest

from adapters.errors import RejectedError
from broker.core.adapting import LetterState
from broker.core.errors import StoreError
from tests.unit.broker.app.adapters.fed import Fed


async def test_a_withdrawal_that_a_person_gives_up_leaves_the_desk_untold(
    fed: Fed,
) -> None:
    first, second = await fed.world.arrives(), await fed.world.arrives()
    await fed.all()
    fed.adapter.fails.append(RejectedError("not allowed there"))
    await fed.world.taken_back(first)
    await fed.all()
    [letter] = fed.store.letters()
    fed.store.settle_letter(letter.number, LetterState.DROPPED, 9)
    await fed.world.taken_back(second)
    await fed.all()
    [given_up] = fed.store.desk_notices_about(first)
    [carried_out] = fed.store.desk_notices_about(second)
    assert given_up.told_ms is None
    assert carried_out.told_by == "adapter adapter"


async def test_a_crash_before_the_desk_is_noted_as_told_is_made_up_for_at_the_start(
    fed: Fed, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = await fed.world.arrives()
    await fed.all()
    await fed.world.taken_back(digest)

    def crash(*_: object) -> None:
        raise StoreError("crashed")

    with monkeypatch.context() as patched:
        patched.setattr(type(fed.store), "note_desk_told", crash)
        with pytest.raises(StoreError):
            await fed.all()
    [notice] = fed.store.desk_notices_about(digest)
    assert notice.told_ms is None
    fed.restart()
    fed.feeder.filing.catch_up()
    await fed.all()
    [notice] = fed.store.desk_notices_about(digest)
    assert notice.told_by == "adapter adapter"
    assert len(fed.adapter.withdrawn) == 1
