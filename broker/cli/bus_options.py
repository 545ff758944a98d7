"""Options on the message bus that both ways of founding a hub share."""

from typing import Annotated, Final

import typer

from broker.app.bus_config import ExternalBus
from broker.core.errors import ConfigurationError
from broker.infra.nats_tls import is_tls

DEFAULT_URL: Final = "tls://127.0.0.1:4222"
DEFAULT_PORT: Final = 4222
DEFAULT_FOLDER: Final = "/data/bus"
DEFAULT_TLS_FOLDER: Final = "/data/tls"
DEFAULT_HEALTH_PORT: Final = 8222

BusOption = Annotated[
    str,
    typer.Option(
        help="embedded: a nats-server of our own; external: one run by others."
    ),
]
BusUrlOption = Annotated[str, typer.Option(help="Where parties reach the message bus.")]
BusNameOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A further name or address that parties reach the bus by, for its "
        "certificate. May be repeated."
    ),
]
NoTlsOption = Annotated[
    bool, typer.Option("--no-tls", help="No TLS: on this machine only (127.0.0.1).")
]
BusPortOption = Annotated[
    int,
    typer.Option(
        min=1,
        max=65535,
        help="Where the nats-server listens: on 127.0.0.1 if embedded.",
    ),
]
BusFolderOption = Annotated[
    str,
    typer.Option(help="Where an external one keeps its streams, as it sees it."),
]
BusTlsFolderOption = Annotated[
    str,
    typer.Option(help="Where an external one finds FOLDER/tls, as it sees it."),
]
BusHealthPortOption = Annotated[
    int,
    typer.Option(
        min=0,
        max=65535,
        help="Where an external one tells its health, on 127.0.0.1; 0: nowhere.",
    ),
]


def external_bus(
    bus: str, *, folder: str, tls_folder: str, port: int, health_port: int
) -> ExternalBus | None:
    """Returns the nats-server that others run; None when it is our own.

    Raises:
        ConfigurationError: `bus` is neither.
    """
    if bus not in {"embedded", "external"}:
        raise ConfigurationError(f"--bus is embedded or external, not {bus!r}")
    if bus == "embedded":
        return None
    return ExternalBus(
        folder=folder, tls_folder=tls_folder, port=port, health_port=health_port
    )


def url_of_bus(given: str, *, no_tls: bool) -> str:
    """Returns where parties reach the bus, with TLS unless it stays on this machine.

    Raises:
        ConfigurationError: It would go without TLS over a network, or nobody said so.
    """
    if not no_tls:
        if not is_tls(given):
            raise ConfigurationError(f"{given} has no TLS: give tls://, or --no-tls")
        return given
    plain = given.replace("tls://", "nats://")
    is_tls(plain)  # refuses to leave this machine
    return plain
