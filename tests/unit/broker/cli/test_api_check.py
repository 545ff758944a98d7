"""`rogatory api check`: what a health check of the interface sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from broker.api.founding import ApiFolder, ApiPlan, make_api
from broker.api.looking import look_at_interface
from broker.api.settings import ApiSettings, read_api_settings
from broker.core.errors import InterfaceAwayError
from broker.web.server import ServerPlan
from tests.api_world import ApiWorld, api_world
from tests.certificates import write_certificates
from tests.federation import free_port
from tests.served_api import served
from tests.world import KEN


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ApiWorld]:
    with api_world(tmp_path / "node") as made:
        yield made


def made(world: ApiWorld, folder: Path) -> tuple[ApiFolder, ApiSettings]:
    """Makes an interface as `rogatory api init` does."""
    place = ApiFolder(folder)
    plan = ApiPlan(name=f"{KEN}", host="0.0.0.0", port=free_port())  # noqa: S104 - every address
    make_api(
        place, plan, world.keys.holder.store_key, now_ms=world.services.clock.now_ms()
    )
    return place, read_api_settings(place.settings)


@contextmanager
def running(world: ApiWorld, settings: ApiSettings, pem: Path) -> Iterator[None]:
    key = pem.with_suffix(".key")
    plan = ServerPlan(
        port=settings.port, certificate=pem, key=key if key.exists() else pem
    )
    with served(world, plan):
        yield


def test_a_running_interface_is_ready(world: ApiWorld, tmp_path: Path) -> None:
    folder, settings = made(world, tmp_path)
    with running(world, settings, folder.server):
        found = look_at_interface(folder, settings)
    assert found["ready"] is True
    assert {one["name"] for one in found["checks"]} >= {"store", "directory"}


def test_nobody_there_is_said_with_what_to_do(world: ApiWorld, tmp_path: Path) -> None:
    folder, settings = made(world, tmp_path)
    with pytest.raises(InterfaceAwayError, match="rogatory api run"):
        look_at_interface(folder, settings)


def test_somebody_else_on_the_port_is_not_taken_for_the_interface(
    world: ApiWorld, tmp_path: Path
) -> None:
    folder, settings = made(world, tmp_path)
    write_certificates(tmp_path, ["server"])
    with (
        running(world, settings, tmp_path / "server.pem"),
        pytest.raises(InterfaceAwayError, match="does not answer"),
    ):
        look_at_interface(folder, settings)


def test_where_clients_show_certificates_it_is_seen_who_listens(
    world: ApiWorld, tmp_path: Path
) -> None:
    folder, settings = made(world, tmp_path)
    strict = settings.model_copy(update={"require_client_certificate": True})
    with pytest.raises(InterfaceAwayError):
        look_at_interface(folder, strict)
    with running(world, settings, folder.server):
        assert look_at_interface(folder, strict)["ready"] is True
