"""The interface of a node, put together from its folder and served.

What it offers is left to `broker.api.application`, one connection to `broker.web`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from broker.api.application import create_app
from broker.api.founding import ApiFolder, renew_if_due
from broker.api.issuer_keys import keys_of
from broker.api.oidc import OidcTokens
from broker.api.settings import ApiSettings
from broker.api.state import Services
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.stored_directory import StoredDirectory
from broker.core.errors import ConfigurationError
from broker.core.ports import Clock
from broker.web.server import ServerPlan, serve

_ATTACHMENTS = "/v1/attachments"


async def run_api(
    node: Node,
    keys: NodeKeys,
    settings: ApiSettings,
    clock: Clock,
    stop: asyncio.Event,
    ready: Callable[[int], None] = lambda _port: None,
) -> None:
    """Serves the interface of a node until `stop` is set.

    Args:
        node: The node; whether it runs does not matter.
        keys: Its keys.
        settings: What the operator has set.
        clock: The time.
        stop: Set to end it.
        ready: Told the port, once clients can connect.

    Raises:
        ConfigurationError: It cannot be served as the settings say.
    """
    folder = ApiFolder(node.folder.root)
    if settings.tls == "own":
        renew_if_due(folder, keys.holder.store_key, now_ms=clock.now_ms())
    issued = None
    if settings.oidc is not None:
        known = keys_of(settings.oidc, folder.root)
        issued = OidcTokens(settings.oidc, known)
    services = Services(
        node=node,
        keys=keys,
        trust=StoredDirectory(node, clock),
        clock=clock,
        settings=settings,
    )
    app = create_app(services, issued)
    await serve(app, server_plan(folder, settings), stop, ready)


def server_plan(folder: ApiFolder, settings: ApiSettings) -> ServerPlan:
    """Returns how the interface is served.

    Raises:
        ConfigurationError: An authority cannot be read.
    """
    certificate = key = None
    authorities = b""
    if settings.tls == "own":
        certificate = key = folder.server
        authorities = _read(folder.authority)
    elif settings.certificate is not None and settings.key is not None:
        certificate = folder.root / settings.certificate
        key = folder.root / settings.key
    if settings.client_authorities is not None:
        authorities += b"\n" + _read(folder.root / settings.client_authorities)
    return ServerPlan(
        host=settings.host,
        port=settings.port,
        certificate=certificate,
        key=key,
        client_authorities=authorities,
        require_client=settings.require_client_certificate,
        body_max_size=settings.document_max_bytes,
        body_limits={_ATTACHMENTS: settings.attachment_max_bytes},
        connections_max=settings.connections_max,
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
