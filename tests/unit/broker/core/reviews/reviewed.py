"""A message of KEN's to BEL, what is said about it, and its review."""

from dataclasses import replace

from broker.core.model import Receipt, Stage
from broker.core.reviews.clocks import HOUR_MS, ReceiptClocks
from broker.core.reviews.findings import Heard, Review, Reviewed
from broker.core.reviews.review import review_sent
from keys.framing import sha256
from keys.identity import HUB
from tests.world import BEL, KEN, NOW_MS

CLOCKS = ReceiptClocks()
SKEW_MS = CLOCKS.skew_ms
MESSAGE = Reviewed(
    message_digest=sha256(b"message"),
    kind="trace-request/1",
    origin=KEN,
    parties=(BEL,),
)
PLAIN = replace(MESSAGE, kind="trace-response/1")
SECOND_MS = 1000


def heard(
    stage: Stage, by: str = BEL, after_ms: int = 0, *, lag_ms: int = 0, nonce: int = 0
) -> Heard:
    """Returns what `by` says so long after the submission."""
    receipt = Receipt(
        stage=stage,
        message_digest=MESSAGE.message_digest,
        by=by,
        to=KEN,
        at_ms=NOW_MS + after_ms,
        code="declined" if stage is Stage.REFUSED else "",
        nonce=bytes([nonce]) * 16,
    )
    return Heard(receipt=receipt, came_ms=receipt.at_ms + lag_ms)


def review(
    *said: Heard,
    after_ms: int = 0,
    message: Reviewed = MESSAGE,
    submitted_ms: int | None = NOW_MS,
) -> Review:
    """Reviews a message of KEN's, so long after its submission."""
    return review_sent(message, said, submitted_ms, CLOCKS, NOW_MS + after_ms)


def quiet(next_ms: int | None = None) -> Review:
    """Returns a review that has found nothing."""
    return Review(findings=(), next_ms=next_ms)


def names(found: Review) -> list[tuple[str, str, str, str]]:
    return [
        (one.kind.value, one.clock.value, one.party, one.stage.name)
        for one in found.findings
    ]


ACCEPTED = heard(Stage.ACCEPTED, HUB)
DELIVERED = heard(Stage.DELIVERED, after_ms=SECOND_MS)
OPENED = heard(Stage.OPENED, after_ms=2 * SECOND_MS)
ACKNOWLEDGED = heard(Stage.ACKNOWLEDGED, after_ms=HOUR_MS)
ACTED = heard(Stage.ACTED, after_ms=2 * HOUR_MS)
COMPLETE = (ACCEPTED, DELIVERED, OPENED, ACKNOWLEDGED, ACTED)
