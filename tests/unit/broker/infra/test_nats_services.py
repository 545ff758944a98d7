"""Questions of many parties on one subject: none of them waits for all of another's."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from nats.aio.msg import Msg

from broker.infra.nats_border import SERVICE_ERROR
from broker.infra.nats_services import Service
from tests.world import BEL, KEN, account

if TYPE_CHECKING:  # named only, never made
    from broker.infra.nats_bus import Bus

FLOOD = 2000


@dataclass(slots=True)
class AnswerSheet:
    """What a service has published: to whom, and why it was refused if it was."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(
        self, subject: str, _data: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        self.answers.append((subject, (headers or {}).get(SERVICE_ERROR, "")))
        if subject == BEL:
            self.heard.set()


def question(party: str) -> Msg:
    return Msg(
        _client=cast("object", None),  # type: ignore[arg-type]  # never answered through
        subject=f"x.log.{account(party)}",
        reply=party,
    )


async def test_a_party_that_asks_without_end_keeps_no_other_from_its_answer() -> None:
    sheet, asked = AnswerSheet(), list[str]()

    async def answer(who: str, _question: bytes) -> bytes:
        await asyncio.sleep(0)
        asked.append(who)
        return b"answer"

    service = Service(cast("Bus", sheet), "x.log.*", answer)
    for _ in range(FLOOD):
        await service._take(question(KEN))
    await service._take(question(BEL))
    await asyncio.wait_for(sheet.heard.wait(), 10)
    before = asked[: asked.index(account(BEL))]
    assert len(before) <= 256
    refused = [why for _, why in sheet.answers if why]
    assert refused == ["too many questions at a time"] * (FLOOD - 256)


async def test_who_has_been_answered_may_ask_again() -> None:
    sheet = AnswerSheet()

    async def answer(_who: str, _question: bytes) -> bytes:
        return b"answer"

    service = Service(cast("Bus", sheet), "x.log.*", answer)
    for _ in range(3):
        for _ in range(256):
            await service._take(question(KEN))
        while service._tasks:
            await asyncio.wait(service._tasks)
    assert sheet.answers == [(KEN, "")] * 768
    assert not service._waiting
