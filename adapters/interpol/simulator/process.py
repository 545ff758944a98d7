"""Puts the simulator together and serves it; the command line is in `__main__`."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from adapters.interpol.signatures import Signer
from adapters.interpol.simulator.configuration import Configuration
from adapters.interpol.simulator.faults import Faults
from adapters.interpol.simulator.http import HEADERS, create_app
from adapters.interpol.simulator.register import SimulatedRegister
from adapters.interpol.simulator.service import Service
from adapters.interpol.simulator.store import SimulatorStore
from adapters.interpol.simulator.traces import TRACE_ANSWERS
from broker.core.errors import ConfigurationError
from broker.web.server import ServerPlan, serve
from keys.certificates import read_certificate
from keys.errors import CertificateError

# The application refuses what is too large: it says SIMULATOR in the body as well.
_UNBOUNDED: Final = 1 << 40


async def run(
    configuration: Configuration, stop: asyncio.Event, ready: Callable[[int], None]
) -> None:
    """Serves the simulator until `stop` is set.

    Args:
        configuration: From its file.
        stop: Set to end it.
        ready: Told the port, once clients can connect.

    Raises:
        ConfigurationError: Something that the configuration names cannot be used.
    """
    certificates = {one.ncb: _read(one.certificate) for one in configuration.members}
    store = SimulatorStore(configuration.store)
    service = Service(
        register=SimulatedRegister(store, TRACE_ANSWERS),
        signer=Signer(
            certificate=_read(configuration.certificate), key=_read(configuration.key)
        ),
        now_ms=store.now_ms,
        faults=Faults(latency_ms=configuration.latency_ms),
        certificates=certificates,
    )
    members = {
        _fingerprint(certificates[one.ncb]): one for one in configuration.members
    }
    plan = ServerPlan(
        host=configuration.host,
        port=configuration.port,
        certificate=configuration.certificate,
        key=configuration.key,
        client_authorities=_read(configuration.authorities),
        require_client=True,
        body_max_size=_UNBOUNDED,
        headers=HEADERS,
    )
    await serve(create_app(service, members), plan, stop, ready)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error


def _fingerprint(certificate: bytes) -> bytes:
    try:
        return read_certificate(certificate).fingerprint
    except CertificateError as error:
        raise ConfigurationError(f"a member's certificate: {error}") from error
