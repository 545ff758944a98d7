"""A system beside a node of the demonstration: a folder of Mexico's customs.

What it is given is decided by Mexico's own policy, which routes alerts to customs.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.adapters.configuration import configuration_file, named
from broker.app.adapters.desk import NodeDesk
from broker.app.adapters.running import AdapterRunner, run_adapters
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node, stored_trust
from broker.core.errors import BrokerError
from broker.infra.clock import SYSTEM_CLOCK

AT: Final = "MEX"
"""Whose node it stands beside."""
_NAME: Final = "customs"
_PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoGiven:
    """What the node has given to the system beside it.

    Attributes:
        party: Whose node.
        desk: To which desk.
        file: Where it lies.
        handling: What the file is marked with.
    """

    party: str
    desk: str
    file: Path
    handling: str


@asynccontextmanager
async def customs_folder(
    node: Node, keys: NodeKeys, folder: Path
) -> AsyncIterator[None]:
    """Has an adapter write what is for customs into a folder, as long as it lasts.

    Args:
        node: The node.
        keys: Its keys.
        folder: Of the demonstration; the adapter's is made in it.
    """
    out = folder / _NAME
    out.mkdir(mode=0o700)
    configuration_file(node).write_text(
        f'[{_NAME}]\nkind = "folder"\nagency = "Customs"\nceiling = "TLP:AMBER"\n'
        f"[{_NAME}.settings]\nout = {str(out)!r}\n",
        encoding="utf-8",
    )
    desk = NodeDesk(
        node=node,
        keys=keys,
        trust=lambda: stored_trust(node),
        clock=SYSTEM_CLOCK,
        configured=named(node, _NAME),
    )
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_adapters([AdapterRunner(desk)], stop))
        try:
            yield
        finally:
            stop.set()


async def given_to_customs(node: Node, folder: Path, digest: bytes) -> DemoGiven:
    """Waits until a message was given out, and returns as what.

    Raises:
        BrokerError: It takes too long.
    """
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                for one in node.store.emissions(_NAME):
                    if one.message_digest == digest:
                        [file] = (folder / _NAME).glob(f"*{digest.hex()}.json")
                        return DemoGiven(
                            party=AT, desk=_NAME, file=file, handling=one.handling
                        )
                await asyncio.sleep(_LOOK_S)
    except TimeoutError as error:
        raise BrokerError(f"nothing for customs within {_PATIENCE_S} s") from error
