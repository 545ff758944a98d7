"""A lock that one process holds: refused to others, and gone with its holder."""

import subprocess
import sys
from pathlib import Path

import pytest

from broker.core.errors import ConfigurationError, StoreError
from broker.infra.file_lock import sole_holder

_HOLDER = """
import sys, time
from pathlib import Path
from broker.infra.file_lock import sole_holder
with sole_holder(Path(sys.argv[1]), "taken"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_holder_is_refused_and_the_next_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with (
        sole_holder(path, "somebody has it"),
        pytest.raises(ConfigurationError, match="somebody has it"),
        sole_holder(path, "somebody has it"),
    ):
        pass
    with sole_holder(path, "somebody has it"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_dies_with_the_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(  # noqa: S603 - this interpreter, own words
        [sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ConfigurationError), sole_holder(path, "taken"):
            pass
        holder.kill()
    with sole_holder(path, "taken"):
        pass


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError), sole_holder(tmp_path / "no" / "lock", "taken"):
        pass
