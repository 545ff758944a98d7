"""A ring of keys: signs with what others rely on, and grows while it is in use."""

from dataclasses import replace

import pytest

from broker.core.errors import Code, RefusedError
from broker.core.holder import Holder
from tests import world
from tests.world import DAY_MS, KEN, NOW_MS

OLD, NEW = world.signing_key("KEN/old"), world.signing_key("KEN/new")
RING = replace(world.holder(KEN), signing=NEW, older=(OLD,))


def chosen(holder: Holder, at_ms: int = NOW_MS, **changes: object) -> bytes:
    record = replace(world.entry(KEN).record, **changes)  # type: ignore[arg-type]
    return holder.signing_key(record, at_ms).public.key_id


def test_a_key_that_is_not_published_yet_is_not_signed_with() -> None:
    assert chosen(RING, signing_keys=(world.published(OLD),)) == OLD.public.key_id


def test_the_newest_key_that_is_valid_then_is_signed_with() -> None:
    keys = (
        world.published(OLD, valid_to_ms=NOW_MS + DAY_MS),
        world.published(NEW, valid_from_ms=NOW_MS),
    )
    assert chosen(RING, NOW_MS, signing_keys=keys) == NEW.public.key_id
    assert chosen(RING, NOW_MS - 1, signing_keys=keys) == OLD.public.key_id


def test_a_revoked_key_is_not_signed_with() -> None:
    keys = (
        world.published(OLD),
        world.published(NEW, revoked_at_ms=NOW_MS),
    )
    assert chosen(RING, NOW_MS, signing_keys=keys) == OLD.public.key_id


def test_without_a_valid_key_that_is_held_nothing_is_signed() -> None:
    for keys in (
        (world.published(OLD, valid_to_ms=NOW_MS - 1),),
        (world.published(world.signing_key("a thief")),),
    ):
        with pytest.raises(RefusedError) as refused:
            chosen(RING, signing_keys=keys)
        assert refused.value.code is Code.KEY_NOT_VALID


def test_services_that_keep_a_ring_get_its_new_keys() -> None:
    ring = world.holder(KEN)
    kept = ring
    newer = world.encryption_key("KEN/new")
    assert not kept.holds(NEW.public.key_id)
    assert not kept.holds(newer.public.key_id)
    old = ring.signing
    ring.take_over(
        replace(
            ring,
            signing=NEW,
            older=(old,),
            encryption={**ring.encryption, newer.public.key_id: newer},
        )
    )
    assert kept.holds(NEW.public.key_id)
    assert kept.holds(old.public.key_id)
    assert kept.holds(newer.public.key_id)


def test_a_ring_shows_no_key() -> None:
    assert repr(RING) == "Holder(party='KEN')"
