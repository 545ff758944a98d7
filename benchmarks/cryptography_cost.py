"""What the cryptography alone costs: the bound that no relay in Python can pass."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.world import World
from broker.core.codec.envelope import EnvelopeItem, decode_submission
from broker.core.envelope import check, verify_signature
from broker.core.limits import Limits
from broker.infra.clock import SYSTEM_CLOCK
from keys.framing import sha256
from keys.preauth import PayloadType

_LEAST_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptographyCost:
    """Processor time of one core, in microseconds.

    Attributes:
        verify_us: Both halves of a signature, and the digests of all parts.
        seal_us: Content, wraps and signature.
    """

    verify_us: float
    seal_us: float


def measure_cryptography(world: World, recipients: int) -> CryptographyCost:
    """Measures on this thread, with nothing else in between."""
    item = decode_submission(world.envelopes(1, recipients)[0])
    if not isinstance(item, EnvelopeItem):
        raise TypeError("not an envelope")
    checked = check(
        item.data,
        world.trust.view,
        now_ms=SYSTEM_CLOCK.now_ms(),
        limits=Limits(),
    )
    parts, key = checked.parts, checked.signing_key

    def verify() -> None:
        sha256(parts.ciphertext)
        for wrap in parts.wraps:
            sha256(wrap)
        sha256(parts.signed_header)
        key.verify(PayloadType.ENVELOPE, parts.signed_header, parts.signature)

    verify_signature(checked)
    return CryptographyCost(
        verify_us=_cpu_us(verify),
        seal_us=_cpu_us(lambda: world.envelopes(1, recipients)),
    )


def _cpu_us(action: Callable[[], object]) -> float:
    count, start = 0, time.process_time()
    while (spent := time.process_time() - start) < _LEAST_S:
        action()
        count += 1
    return spent / count * 1e6
