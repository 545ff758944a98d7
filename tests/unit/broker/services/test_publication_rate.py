"""A party cannot make the directory grow as fast as it likes."""

import pytest

from broker.core.errors import Code, RefusedError
from broker.services.publication_rate import PublicationRate
from tests.world import BEL, KEN, NOW_MS


def test_a_party_that_publishes_without_end_is_refused_and_nobody_else() -> None:
    rate = PublicationRate(most=2, within_ms=1000)
    rate.take(KEN, NOW_MS)
    rate.take(KEN, NOW_MS + 1)
    with pytest.raises(RefusedError, match="2 publications of KEN") as refused:
        rate.take(KEN, NOW_MS + 999)
    assert refused.value.code is Code.RATE_LIMIT
    rate.take(BEL, NOW_MS + 999)


def test_what_was_refused_does_not_count_and_time_heals() -> None:
    rate = PublicationRate(most=1, within_ms=1000)
    rate.take(KEN, NOW_MS)
    for later_ms in range(1, 1000, 100):
        with pytest.raises(RefusedError):
            rate.take(KEN, NOW_MS + later_ms)
    rate.take(KEN, NOW_MS + 1000)
