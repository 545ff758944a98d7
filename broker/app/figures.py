"""What the figures of hub and node have in common.

Which there are is left to `hub_figures` and `node_figures`, serving them to the
driver. Times are in seconds there, as Prometheus has them.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from broker.app.finding import WARN_MS
from broker.infra.metrics_server import Figure
from keys.directory.model import PublishedKey

SECOND_MS: Final = 1000
# What the hub signs anew every few days is always about to expire.
_SIGNED_ANEW: Final = frozenset({"snapshot", "timestamp", "present"})


@dataclass(slots=True)
class Meters:
    """What happens in this process, counted; read from other threads.

    Attributes:
        decisions: Of its relay workers, by outcome.
        refresh_failures: How often the directory could not be had.
    """

    decisions: Counter[str] = field(default_factory=Counter)
    refresh_failures: int = 0

    def count_refresh_failure(self) -> None:
        """Counts one."""
        self.refresh_failures += 1


def single(name: str, text: str, value: float, *, counts: bool = False) -> Figure:
    """Returns a figure without a label."""
    return Figure(name=name, help=text, values={"": value}, counts=counts)


def seconds(times_ms: Mapping[str, int]) -> dict[str, float]:
    """Returns times in ms as seconds."""
    return {name: at_ms / SECOND_MS for name, at_ms in times_ms.items()}


def newest_end_ms(keys: Collection[PublishedKey]) -> int:
    """Returns until when the key holds that holds longest; 0 where there is none."""
    return max((k.valid_to_ms for k in keys if k.revoked_at_ms is None), default=0)


def expiry_figures(
    certificates: Mapping[str, int],
    directory: Mapping[str, int],
    keys: Mapping[str, int],
    now_ms: int,
) -> Iterator[Figure]:
    """Yields when things expire, and whether anybody has to do something about it.

    Args:
        certificates: By name, in ms since the epoch.
        directory: By what it is, in ms since the epoch.
        keys: The newest by use, in ms since the epoch.
        now_ms: The present.
    """
    yield Figure(
        name="certificate_expiry_timestamp_seconds",
        help="When a certificate of the message bus expires.",
        values=seconds(certificates),
        label="name",
    )
    yield Figure(
        name="directory_expiry_timestamp_seconds",
        help="When a part of the directory expires.",
        values=seconds(directory),
        label="part",
    )
    yield Figure(
        name="key_expiry_timestamp_seconds",
        help="When the newest key of a use expires.",
        values=seconds(keys),
        label="use",
    )
    watched = {
        **{f"certificate-{name}": at_ms for name, at_ms in certificates.items()},
        **{
            part: at_ms for part, at_ms in directory.items() if part not in _SIGNED_ANEW
        },
        **{f"key-{use}": at_ms for use, at_ms in keys.items()},
    }
    yield Figure(
        name="expires_within_30_days",
        help="1 for what expires within 30 days or has expired, else 0.",
        values={
            what: float(at_ms - now_ms < WARN_MS) for what, at_ms in watched.items()
        },
        label="what",
    )
