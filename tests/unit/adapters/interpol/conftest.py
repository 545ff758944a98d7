"""What tests of this adapter share: a register in process, and a desk beside it."""

from pathlib import Path

import pytest

from adapters.memory_desk import MemoryDesk
from tests.interpol_world import RegisterInProcess


@pytest.fixture
def register(tmp_path: Path, desk: MemoryDesk) -> RegisterInProcess:
    """A register without HTTP, at the desk's time."""
    return RegisterInProcess(tmp_path / "register", desk.time_ms)
