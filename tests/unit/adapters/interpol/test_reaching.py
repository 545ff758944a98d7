"""What is wrong with certificates, keys or addresses is no matter of any delivery."""

from pathlib import Path
from typing import Any

import pytest

from adapters.errors import SystemAwayError
from adapters.interpol.adapter import InterpolAdapter
from adapters.interpol.channel import Channel, ChannelError, ChannelPlan
from adapters.memory_desk import MemoryDesk
from tests.adapter_world import example_delivery
from tests.interpol_world import RegisterInProcess, settings

_NOWHERE = "https://127.0.0.1:9"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("client.key", b"no key"),
        ("client.pem", b"no certificate"),
        ("authority.pem", b"no authority"),
        ("client.key", None),
        ("server.pem", None),
    ],
)
async def test_what_cannot_be_used_is_a_system_away_and_said_by_a_look(
    register: RegisterInProcess, desk: MemoryDesk, name: str, content: bytes | None
) -> None:
    broken = register.folder / name
    if content is None:
        broken.unlink()
    else:
        broken.write_bytes(content)
    adapter = InterpolAdapter(settings(register.folder, _NOWHERE), desk)
    with pytest.raises(SystemAwayError, match="cannot be reached so"):
        await adapter.deliver(example_delivery("stock-loss"))
    (finding,) = await adapter.check()
    assert not finding.ok
    assert "interpol.md" in finding.advice


@pytest.mark.parametrize("wire", ["soap", "rest"])
async def test_nobody_there_is_a_system_away(
    register: RegisterInProcess, desk: MemoryDesk, wire: str
) -> None:
    made = settings(register.folder, _NOWHERE, wire=wire, timeout_s=1)
    with pytest.raises(SystemAwayError, match="no connection"):
        await InterpolAdapter(made, desk).deliver(example_delivery("stock-loss"))


async def test_a_signing_key_of_another_sort_is_a_system_away(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    made = settings(register.folder, _NOWHERE, wire="rest", algorithm="rsa-sha256")
    with pytest.raises(SystemAwayError, match="signing key"):
        await InterpolAdapter(made, desk).deliver(example_delivery("stock-loss"))


async def test_a_look_at_a_register_says_who_is_filed_for(
    register: RegisterInProcess, desk: MemoryDesk
) -> None:
    findings = await register.adapter(desk).check()
    assert [one.ok for one in findings] == [True, True, True]
    assert "nothing that it says is real" in findings[1].what
    assert "KEN IP NAIROBI" in findings[2].what


def test_without_tls_there_is_no_channel(tmp_path: Path) -> None:
    files: dict[str, Any] = dict.fromkeys(
        ("authorities", "certificate", "key"), tmp_path / "none"
    )
    with pytest.raises(ChannelError, match="https"):
        Channel(ChannelPlan(url="http://127.0.0.1:9", **files))
