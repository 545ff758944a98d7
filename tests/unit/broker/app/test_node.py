"""Running a node: one process for each folder."""

import asyncio
from pathlib import Path

import pytest

from broker.app.node import run_node
from broker.core.errors import ConfigurationError
from broker.infra.file_lock import sole_holder
from tests.unit.broker.app.route_node import keys, node, parties
from tests.world import KEN


async def test_a_folder_that_another_process_runs_is_refused(tmp_path: Path) -> None:
    ours = node(parties(tmp_path).side(KEN))
    with (
        sole_holder(ours.folder.lock, "the other has it"),
        pytest.raises(ConfigurationError, match="another process runs"),
    ):
        await run_node(ours, keys(KEN), asyncio.Event())
