"""The registrar: what the directory says becomes true on the bus, live.

It also answers questions about the directory and the log, and signs the directory's
timestamp again in time. Who may join is left to the stewards.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from broker.app.credentials import HubKeys
from broker.app.hub_attachments import party_taking_part
from broker.app.timekeeping import Stamps
from broker.core import subjects
from broker.core.codec.desk_cosignatures import CANDIDATE, COSIGN
from broker.core.codec.desk_stamps import STAMP_DESK
from broker.core.codec.desk_tiles import TILE_DESK
from broker.core.errors import BusError, ConfigurationError, StoreError
from broker.infra.blob_store import BlobStore
from broker.infra.checkpoint_store import CheckpointStore
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from broker.infra.nats_admission import Admission
from broker.infra.nats_bus import Bus
from broker.infra.nats_provisioning import BusProvisioning, StreamLimits
from broker.infra.nats_services import serve
from broker.services.blob_desk import BlobDesk
from broker.services.cosigning_desk import CosigningDesk
from broker.services.doorkeeper import Doorkeeper
from broker.services.hub_desk import HubDesk
from broker.services.publication_rate import PublicationRate
from broker.services.stamp_desk import StampDesk
from broker.services.tile_desk import TileDesk
from broker.settings import HubFolder
from keys.directory.client import DirectoryClient
from keys.directory.model import DirectoryView
from keys.directory.publishing import PartySubmission
from keys.directory.repository import Repository
from keys.directory.signers import role_signer
from keys.errors import DirectoryError, SubmissionError
from keys.identity import PartyId

_POLL_S: Final = 0.5
_RETRY_S: Final = 0.5
_UPKEEP_S: Final = 60.0
_CONNECT_S: Final = 2.0


class Registrar:
    """Keeps the bus in step with the directory.

    Args:
        folder: The hub's.
        keys: The hub's.
        root: The root that the directory must lead back to.
        system: A connection as a user of the system account.
        admin: A connection as a user of the hub's account without restrictions.
        limits: Of the streams.
        blobs: The files beside messages.
    """

    def __init__(
        self,
        folder: HubFolder,
        keys: HubKeys,
        root: bytes,
        *,
        system: Bus,
        admin: Bus,
        limits: StreamLimits,
        blobs: BlobStore,
    ) -> None:
        self._folder = folder
        self._admin = admin
        self._repository = Repository(folder.directory, role_signer(keys.online))
        self._client = DirectoryClient(
            folder.directory_copy / "registrar", root, self._repository.read
        )
        self._admission = Admission(system, keys.operator, keys.account.public)
        self._provisioning = BusProvisioning(admin, limits)
        self._doorkeeper = Doorkeeper(
            self._admission,
            self._provisioning,
            own={keys.account.public, keys.system.public},
        )
        self._system = system
        self._rate = PublicationRate()
        self._applied: DirectoryView | None = None
        self._published = dict[str, PartyId]()
        self._reader: LogReader | None = None
        self._blobs = blobs
        self._log = structlog.get_logger("registrar")

    async def run(self, stop: asyncio.Event, started: asyncio.Event) -> None:
        """Works until `stop` is set; sets `started` once every party is admitted."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._follow(stop, started))
            loops.create_task(self._repeat(self._upkeep, _UPKEEP_S, stop))

    async def _follow(self, stop: asyncio.Event, started: asyncio.Event) -> None:
        opened = False
        while not stop.is_set():
            wait_s = _POLL_S
            try:
                if not opened:
                    await self._open()
                    opened = True
                view = await asyncio.to_thread(
                    self._client.refresh, SYSTEM_CLOCK.now_ms()
                )
                await self._apply(view)
                started.set()
            except (BusError, DirectoryError) as error:
                self._log.warning("not in step with the directory", reason=str(error))
                wait_s = _RETRY_S
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait_s)

    async def _open(self) -> None:
        """Makes the hub's account and the streams, and opens the desk.

        A hub that was off for a day serves a timestamp that nobody takes any more.
        """
        await asyncio.to_thread(
            self._repository.refresh_timestamp, SYSTEM_CLOCK.now_ms()
        )
        await self._admission.push_hub(now_ms=SYSTEM_CLOCK.now_ms())
        await self._admin.wait_connected(_CONNECT_S)
        await self._provisioning.ensure_streams()
        await self._system.on_connected(self._meet)
        cosigning = CosigningDesk(
            CheckpointStore(self._folder.checkpoints),
            self._open_log,
            lambda: self._applied.federation if self._applied else None,
            SYSTEM_CLOCK,
        )
        desk = HubDesk(
            self._repository.read,
            self._open_log,
            SYSTEM_CLOCK,
            {
                CANDIDATE: cosigning.candidate,
                COSIGN: cosigning.cosign,
                TILE_DESK: TileDesk(self._open_log).answer,
                STAMP_DESK: StampDesk(Stamps(self._folder).opened).stamp,
                **BlobDesk(self._blobs, self._party_of, SYSTEM_CLOCK).desks,
            },
            cosigning,
        )
        for subject, answer in (
            (subjects.DIRECTORY_REQUESTS, desk.directory),
            (subjects.LOG_REQUESTS, desk.log),
            (subjects.REGISTRAR_REQUESTS, self._take_submission),
        ):
            await serve(self._admin, subject, _threaded(answer))

    async def _apply(self, view: DirectoryView) -> None:
        """Admits the parties of the directory, and cuts off whoever is none.

        Asked for again and again, also while the directory stays the same: a
        suspension begins at its time.
        """
        if view is not self._applied:
            self._published = await asyncio.to_thread(self._repository.accounts)
        done = await self._doorkeeper.step(view, self._published, SYSTEM_CLOCK.now_ms())
        if done.cut or done.admit:
            self._log.info(
                "bus in step",
                directory=view.version,
                admitted=len(done.admit),
                cut=len(done.cut),
            )
        self._applied = view

    async def _meet(self) -> None:
        """Takes a server that was met just now for one that may know nothing."""
        self._doorkeeper.forget()

    async def _upkeep(self) -> None:
        self._doorkeeper.doubt()
        await self._provisioning.trim_in()
        await asyncio.to_thread(self._collect_blobs)
        await asyncio.to_thread(
            self._repository.refresh_timestamp, SYSTEM_CLOCK.now_ms()
        )

    async def _repeat(
        self, step: Callable[[], Awaitable[None]], every_s: float, stop: asyncio.Event
    ) -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), every_s)
            try:
                if not stop.is_set():
                    await step()
            except (BusError, DirectoryError) as error:
                self._log.warning("upkeep", reason=str(error))

    def _take_submission(self, account: str, payload: bytes) -> bytes:
        """Takes what a party publishes, over the connection of that party alone."""
        submission = PartySubmission.from_bytes(payload)
        # Not from the view of clients: a party whose record has expired is not in
        # it, and must be able to come back.
        record = self._repository.standing(
            self._repository.state(), submission.party
        ).record
        if record is None or record.account != account:
            raise SubmissionError("this connection is not that of the party")
        self._rate.take(submission.party, SYSTEM_CLOCK.now_ms())
        acceptance = self._repository.accept(submission, SYSTEM_CLOCK.now_ms())
        self._log.info("published", party=submission.party, version=acceptance.version)
        return str(acceptance.version).encode()

    def _party_of(self, account: str) -> PartyId | None:
        now_ms = SYSTEM_CLOCK.now_ms()
        return party_taking_part(account, self._published, self._applied, now_ms)

    def _collect_blobs(self) -> None:
        try:
            self._blobs.collect(SYSTEM_CLOCK.now_ms())
        except StoreError as error:
            self._log.warning("files whose time is over stay", reason=str(error))

    def _open_log(self) -> LogReader | None:
        if self._reader is None:
            with suppress(ConfigurationError, StoreError):
                self._reader = LogStore.open_reader(self._folder.log)
        return self._reader


async def admit_hub(keys: HubKeys, system: Bus, stop: asyncio.Event) -> bool:
    """Makes the hub's own account; tries until it works or `stop` is set.

    Returns:
        Whether the account is there.
    """
    admission = Admission(system, keys.operator, keys.account.public)
    log = structlog.get_logger("registrar")
    while not stop.is_set():
        try:
            await system.wait_connected(_CONNECT_S)
            await admission.push_hub(now_ms=SYSTEM_CLOCK.now_ms())
        except BusError as error:
            log.warning("waiting for the message bus", reason=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_S)
        else:
            return True
    return False


def _threaded(
    answer: Callable[[str, bytes], bytes],
) -> Callable[[str, bytes], Awaitable[bytes]]:
    async def handle(account: str, payload: bytes) -> bytes:
        return await asyncio.to_thread(answer, account, payload)

    return handle
