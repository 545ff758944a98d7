"""The one reader of the clock."""

import time
from typing import Final


class SystemClock:
    """The time as this machine knows it (`ports.Clock`)."""

    def now_ms(self) -> int:
        """Returns milliseconds since 1970-01-01T00:00:00Z."""
        return time.time_ns() // 1_000_000


SYSTEM_CLOCK: Final = SystemClock()
