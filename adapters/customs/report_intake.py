"""Taking in what border posts report by MQTT: acknowledged only once it is kept.

What a report says is left to `adapters.customs.reports`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aiomqtt
import structlog

from adapters.contract import Desk
from adapters.customs.mqtt_connection import Connection, connected, trusted_context
from adapters.customs.reports import ReportAddress, proposal_of, read_report
from adapters.customs.settings import MqttSettings
from adapters.customs.signing import ListSigner
from adapters.customs.watchlist import Watchlist
from adapters.customs.wire import encoded
from adapters.errors import RejectedError, SystemAwayError
from adapters.values import Received
from broker.core.errors import DocumentError, RefusedError, StoreError
from broker.core.handling import Handling
from keys.framing import frame, labelled_digest, sha256

ANSWER: Final = "rogatory-answer/1"
ANSWER_S: Final = 7 * 86_400
"""How long an answer waits for a post that is away, in seconds."""

LATER: Final = "too-many"
"""Why a report is not taken in now; the post keeps it and sends it again."""

_DAY_MS: Final = 86_400_000
_KEY_LABEL: Final = b"rogatory/customs-report/1"
_FIRST_PAUSE_S: Final = 1.0
_LAST_PAUSE_S: Final = 60.0
_CANCEL_S: Final = 0.5
_CODES: Final = (
    (DocumentError, "bad-content"),
    (RefusedError, "refused"),
)


class ReportKeeper:
    """Makes proposals of reports, or dead letters.

    Args:
        desk: Where both go.
        handling: What binds reports at least.
        listed: Returns the watch-list as it stands.
    """

    def __init__(
        self,
        desk: Desk,
        handling: Handling,
        listed: Callable[[], Awaitable[Watchlist]],
    ) -> None:
        self._desk = desk
        self._handling = handling
        self._listed = listed

    async def propose(self, payload: bytes, address: ReportAddress) -> None:
        """Puts a report before a person, once; durable on return.

        Raises:
            RejectedError: It cannot be used.
            StoreError: It could not be stored; to be tried again.
        """
        report = read_report(payload, address)
        entry = None
        if report.hit is not None:
            entry = (await self._listed()).entries.get(report.hit.entry_id)
        # The same id with other content is another proposal: a person sees both.
        key = _digest(payload, address).hex()
        proposal = proposal_of(report, entry, key=key, handling=self._handling)
        try:
            await self._desk.propose(proposal)
        except (DocumentError, RefusedError) as error:
            code = next(code for kind, code in _CODES if isinstance(error, kind))
            raise RejectedError(str(error), code=code, payload=payload) from error

    async def keep(self, payload: bytes, address: ReportAddress) -> str:
        """Keeps a report, as a proposal or for a person to mend; durable on return.

        Returns:
            Why it cannot be used, as a stable code; empty when it can.

        Raises:
            StoreError: It could not be stored: it must not be acknowledged.
        """
        try:
            await self.propose(payload, address)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a hostile report must not end the rest
            await self._desk.set_aside(received(payload, address), error)
            return error.code if isinstance(error, RejectedError) else "fault"
        return ""


class DailyShare:
    """How many reports each post may bring in a day.

    There is room for so many in all, and one post must not take that of the others.

    Args:
        most: Of one post.
        now_ms: Returns the present, in ms since the epoch.
    """

    def __init__(self, most: int, now_ms: Callable[[], int]) -> None:
        self._most = most
        self._now_ms = now_ms
        self._day = 0
        self._brought: dict[str, set[bytes]] = {}

    def takes(self, payload: bytes, address: ReportAddress) -> bool:
        """Tells whether a report is within its post's share; the same counts once."""
        day = self._now_ms() // _DAY_MS
        if day != self._day:
            self._day, self._brought = day, {}
        brought = self._brought.setdefault(address.post, set())
        if len(brought) < self._most:
            brought.add(_digest(payload, address))
        return _digest(payload, address) in brought


class ReportIntake:
    """Hears what posts report, for as long as the adapter runs.

    Args:
        settings: Which broker.
        keeper: What becomes of a report.
        signer: What answers are signed with.
        identifier: What the broker knows us by: what it keeps for us while we are
            away, it keeps under this name.
        share: How much of it one post may bring.
    """

    def __init__(
        self,
        settings: MqttSettings,
        keeper: ReportKeeper,
        signer: ListSigner,
        identifier: str,
        share: DailyShare,
    ) -> None:
        self._settings = settings
        self._share = share
        self._keeper = keeper
        self._signer = signer
        self._identifier = identifier
        self._context = trusted_context(settings)
        self._log = structlog.get_logger("customs")

    async def run(self, stop: asyncio.Event) -> None:
        """Hears until `stop` is set; comes back when the broker was away."""
        hearing = asyncio.create_task(self._for_ever())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({hearing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                hearing.result()
        finally:
            # What is under way and not acknowledged yet comes again.
            stopping.cancel()
            await _ended(hearing)

    async def _for_ever(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            connection = Connection(
                self._settings, self._context, self._identifier, keeps_session=True
            )
            try:
                async with connected(connection):
                    await connection.hear(f"{self._settings.root}/seizure/+/+")
                    pause_s = _FIRST_PAUSE_S
                    async for message in connection.messages:
                        await self._take(connection, message)
            except (SystemAwayError, StoreError) as error:
                # Without an acknowledgement the broker sends it again.
                self._log.warning("reports-wait", why=str(error), pause_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LAST_PAUSE_S)

    async def _take(self, connection: Connection, message: aiomqtt.Message) -> None:
        """Keeps a report, answers, and only then acknowledges it."""
        if not message.payload:
            # It only clears what was retained under the topic.
            connection.acknowledge(message)
            return
        address = _address(message.topic.value)
        code, state = LATER, "later"
        if self._share.takes(message.payload, address):
            code = await self._keeper.keep(message.payload, address)
            state = "refused" if code else "kept"
        if code:
            self._log.warning("report-refused", post=address.post, code=code)
        if address.is_plain:
            answer = {
                "format": ANSWER,
                "post": address.post,
                "report_id": address.report_id,
                # Under one name there may be two reports that say different things.
                "sha256": sha256(message.payload).hex(),
                "state": state,
                "code": code,
            }
            topic = f"{self._settings.root}/answer/{address.post}/{address.report_id}"
            signed = self._signer.sign(encoded(answer))
            await connection.say(topic, signed, lasts_s=ANSWER_S)
        connection.acknowledge(message)


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancels a task until it has ended.

    Once is not enough: before Python 3.12 a wait with a limit, as the library has for
    its answers, can end at the same moment and keep the cancellation to itself.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_S)
    if not task.cancelled():
        task.exception()  # is looked at, so that nobody reports it as overlooked


def received(payload: bytes, address: ReportAddress) -> Received:
    """Returns a report as it came; two that say different things are two."""
    return Received(
        key=f"{address.post}/{address.report_id}/{sha256(payload).hex()}",
        data=payload,
        media_type="application/json",
        source=f"post {address.post}",
    )


def address_of(letter: Received) -> ReportAddress:
    """Returns from whom a report came that was set aside."""
    topic, _, _ = letter.key.rpartition("/")
    return _address(topic)


def _digest(payload: bytes, address: ReportAddress) -> bytes:
    told = frame(address.post.encode(), address.report_id.encode(), payload)
    return labelled_digest(_KEY_LABEL, told)


def _address(topic: str) -> ReportAddress:
    """Returns the last two levels of a topic."""
    *_, post, report_id = ("", "", *topic.split("/"))
    return ReportAddress(post=post, report_id=report_id)
