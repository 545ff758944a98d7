"""The adapter for an INTERPOL-style register: what it takes, and what it refuses.

Filing is left to `adapters.interpol.filing_desk`, answers to traces to
`adapters.interpol.answer_post`, the wire to `adapters.interpol.client`.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from adapters.contract import AdapterDefaults, AdapterKind, Desk
from adapters.errors import RejectedError, SystemAwayError
from adapters.interpol.answer_post import AnswerPost
from adapters.interpol.channel import Channel, ChannelError, ChannelPlan
from adapters.interpol.client import Register
from adapters.interpol.documents import ReferenceQuery
from adapters.interpol.errors import (
    RegisterError,
    RegisterFaultError,
    XmlRefusedError,
)
from adapters.interpol.filed_store import FiledStore
from adapters.interpol.filing import is_bound
from adapters.interpol.filing_desk import FilingDesk
from adapters.interpol.pieces import AnswerHandlingError
from adapters.interpol.progress import Progress
from adapters.interpol.settings import InterpolSettings
from adapters.interpol.signatures import Signer, sign
from adapters.interpol.wires import RestWire, SoapWire
from adapters.reading import name_of
from adapters.secret import SecretError
from adapters.values import Consumed, Delivery, Finding, Received, Withdrawal

_PROBE: Final = "ROGATORY PROBE"
"""A make that nobody has: what a look at the register asks for."""


class InterpolAdapter(AdapterDefaults):
    """Files losses and traces, and brings back what is on record.

    Args:
        settings: The operator's.
        desk: The node's.
    """

    def __init__(self, settings: InterpolSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        self._register: Register | None = None
        self._store: FiledStore | None = None
        self._progress = Progress()

    async def check(self) -> Sequence[Finding]:
        """Looks a make up that does not exist; says what answers."""
        try:
            asked = await self._reach().ask(ReferenceQuery(make=_PROBE))
        except (SystemAwayError, RegisterError) as error:
            return (
                Finding(
                    ok=False,
                    what=f"{self._settings.url}: {error}",
                    advice="Compare the settings with docs/interpol.md.",
                ),
            )
        system = asked.reply.header.system
        found = [Finding(ok=True, what=f"{self._settings.url} answers: {system}")]
        if self._settings.simulator:
            found.append(Finding(ok=True, what="nothing that it says is real"))
        bureaus = ", ".join(
            f"{party} {one.ncb}" for party, one in self._settings.routing.items()
        )
        return (*found, Finding(ok=True, what=f"files what is of: {bureaus}"))

    async def deliver(self, delivery: Delivery) -> Consumed:
        """Files a delivery, where its kind has a place there and nothing forbids it."""
        desk = self._filing_desk()
        way = desk.way(name_of(delivery.kind))
        if way is None:
            return Consumed(note="not a kind that the register has a place for")
        bureau = self._settings.routing.get(str(delivery.provider))
        if bureau is None:
            return Consumed(note=f"no bureau is named for {delivery.provider}")
        if delivery.warning:
            return Consumed(note="it may not be what it seems: not filed")
        if self._settings.passes_on and is_bound(delivery.handling):
            return Consumed(note="its handling forbids passing it on: not filed")
        try:
            consumed = await way(delivery, bureau)
        except RegisterFaultError as error:
            word = error.code.lower().replace("_", "-")
            raise RejectedError(str(error), code=f"register-{word}") from error
        except (XmlRefusedError, AnswerHandlingError) as error:
            raise RejectedError(str(error), code="cannot-be-said") from error
        self._progress.forget()
        return consumed

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        """Withdraws everything that was filed from the message."""
        self._progress.forget()
        try:
            return await self._filing_desk().take_back(withdrawal)
        except RegisterFaultError as error:
            word = error.code.lower().replace("_", "-")
            raise RejectedError(str(error), code=f"register-{word}") from error

    async def mend(self, received: Received) -> None:
        """Takes in an answer that a person has mended."""
        await self._answers().take_again(received)

    async def run(self, stop: asyncio.Event) -> None:
        """Brings answers to traces, until `stop` is set."""
        await self._answers().run(self._reach, stop)

    def _filing_desk(self) -> FilingDesk:
        return FilingDesk(
            desk=self._desk,
            store=self._filed(),
            register=self._reach(),
            settings=self._settings,
            progress=self._progress,
        )

    def _answers(self) -> AnswerPost:
        return AnswerPost(self._desk, self._filed(), self._settings.poll_s)

    def _filed(self) -> FiledStore:
        if self._store is None:
            self._store = FiledStore(self._desk.folder)
        return self._store

    def _reach(self) -> Register:
        """Returns the register; made when it is first needed, and kept.

        Raises:
            SystemAwayError: A certificate or a key cannot be used: for the operator to
                mend, and no matter of any delivery.
        """
        if self._register is None:
            try:
                self._register = _register(self._settings, self._desk)
            except (ChannelError, SecretError, OSError) as error:
                raise SystemAwayError(f"it cannot be reached so: {error}") from error
        return self._register


def _register(settings: InterpolSettings, desk: Desk) -> Register:
    certificate = settings.signing_certificate or settings.certificate
    signer = Signer(
        certificate=certificate.read_bytes(),
        key=(settings.signing_key or settings.key).read(),
        algorithm=settings.algorithm,
    )
    channel = Channel(
        ChannelPlan(
            url=settings.url,
            authorities=settings.authorities,
            certificate=settings.certificate,
            key=settings.key_file,
            timeout_s=settings.timeout_s,
        )
    )
    wire = SoapWire if settings.wire == "soap" else RestWire
    return Register(
        wire=wire(channel, lambda root: sign(root, signer)),
        sender=settings.ncb,
        certificate=settings.register_certificate.read_bytes(),
        is_simulator=settings.simulator,
        now_ms=desk.now_ms,
    )


KIND: Final = AdapterKind(
    name="interpol",
    title="an INTERPOL-style register of firearms and traces",
    settings=InterpolSettings,
    make=InterpolAdapter,
)
"""What the entry point names."""
