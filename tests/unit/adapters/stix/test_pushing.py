"""Objects pushed to OASIS's TAXII server, and what becomes of answers that say no."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from adapters.errors import RejectedError, SystemAwayError
from adapters.memory_desk import MemoryDesk
from adapters.stix.adapter import TaxiiAdapter
from adapters.stix.settings import TaxiiSettings
from tests.adapter_world import example_delivery, withdrawal_of
from tests.medallion_server import COLLECTION, OTHER, PASSWORD, ROOT, USER
from tests.taxii_world import MEDIA_TYPE

PROJECT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Medallion:
    root: str

    def held(self, query: str = "", collection: str = COLLECTION) -> httpx2.Response:
        return httpx2.get(
            f"{self.root}collections/{collection}/objects/{query}",
            headers={"Accept": MEDIA_TYPE},
            auth=(USER, PASSWORD),
        )


@pytest.fixture(scope="module")
def medallion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Medallion]:
    file = tmp_path_factory.mktemp("medallion") / "data.json"
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "tests.medallion_server", str(file)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        yield Medallion(f"http://127.0.0.1:{port}/{ROOT}/")
        process.terminate()


@pytest.fixture
def password(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    return f"file:{file}"


def settings(root: str, secret: str, **changes: Any) -> TaxiiSettings:  # noqa: ANN401 - settings as TOML has them
    push = {
        "api_root": root,
        "collection": COLLECTION,
        "ceiling": "TLP:AMBER H2",
        "user": USER,
        "password": secret,
        "definitions": False,
        **changes,
    }
    return TaxiiSettings.model_validate({"push": push})


async def test_medallion_takes_a_delivery_and_its_revocation(
    desk: MemoryDesk, medallion: Medallion, password: str
) -> None:
    adapter = TaxiiAdapter(settings(medallion.root, password), desk)
    assert [one.ok for one in await adapter.check()] == [True]
    delivery = example_delivery("diversion-alert", 1)
    consumed = await adapter.deliver(delivery)
    assert [one.handling for one in consumed.emissions] == [delivery.handling]
    held = medallion.held("?match[type]=report").json()["objects"]
    assert [one["labels"] for one in held] == [["rogatory:diversion-alert"]]
    await adapter.withdraw(withdrawal_of(delivery))
    [report] = medallion.held("?match[type]=report").json()["objects"]
    assert report["revoked"] is True


async def test_medallion_is_given_the_same_twice_without_harm(
    desk: MemoryDesk, medallion: Medallion, password: str
) -> None:
    # It calls it a failure that it holds an object already.
    adapter = TaxiiAdapter(settings(medallion.root, password), desk)
    delivery = example_delivery("stock-loss", 2)
    await adapter.deliver(delivery)
    before = medallion.held("?limit=100").json()
    assert await adapter.deliver(delivery) == await adapter.deliver(delivery)
    assert medallion.held("?limit=100").json() == before


async def test_medallion_cannot_read_back_extension_definitions(
    desk: MemoryDesk, medallion: Medallion, password: str
) -> None:
    # It takes their property `version` for the time of a version, and fails whoever
    # reads the collection. Should a release of it read them, `definitions = false` is
    # no longer needed for it.
    with_definitions = settings(
        medallion.root, password, collection=OTHER, definitions=True
    )
    await TaxiiAdapter(with_definitions, desk).deliver(example_delivery("stock-loss"))
    assert medallion.held(collection=OTHER).status_code == 500
    await TaxiiAdapter(settings(medallion.root, password), desk).deliver(
        example_delivery("stock-loss", 5)
    )
    assert medallion.held().status_code == 200


async def test_a_wrong_password_is_no_dead_letter(
    desk: MemoryDesk, medallion: Medallion, tmp_path: Path
) -> None:
    (tmp_path / "wrong").write_text("wrong")
    adapter = TaxiiAdapter(settings(medallion.root, f"file:{tmp_path / 'wrong'}"), desk)
    with pytest.raises(SystemAwayError, match="401"):
        await adapter.deliver(example_delivery("stock-loss"))
    [finding] = await adapter.check()
    assert not finding.ok


async def test_a_missing_password_is_said_by_its_reference_alone(
    desk: MemoryDesk, medallion: Medallion, tmp_path: Path
) -> None:
    missing = f"file:{tmp_path / 'missing'}"
    adapter = TaxiiAdapter(settings(medallion.root, missing), desk)
    with pytest.raises(SystemAwayError, match="missing"):
        await adapter.deliver(example_delivery("stock-loss"))


async def test_a_collection_that_is_not_there_is_a_dead_letter(
    desk: MemoryDesk, medallion: Medallion, password: str
) -> None:
    adapter = TaxiiAdapter(settings(medallion.root, password, collection="none"), desk)
    with pytest.raises(RejectedError) as caught:
        await adapter.deliver(example_delivery("stock-loss"))
    assert caught.value.code == "http-404"
    assert b"ZZQ-70013" in caught.value.payload


async def test_nobody_answering_is_away(desk: MemoryDesk, password: str) -> None:
    adapter = TaxiiAdapter(settings("http://127.0.0.1:9/root/", password), desk)
    with pytest.raises(SystemAwayError):
        await adapter.deliver(example_delivery("stock-loss"))


async def test_nothing_above_its_ceiling_is_pushed(
    desk: MemoryDesk, password: str
) -> None:
    adapter = TaxiiAdapter(settings("http://127.0.0.1:9/root/", password), desk)
    consumed = await adapter.deliver(example_delivery("stock-loss", handling="TLP:RED"))
    assert consumed.emissions == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"api_root": "http://taxii.example/root/"},
        {"api_root": "https://taxii.example/root"},
        {"user": ""},
        {"token": "env:TOKEN"},
        {"collection": "../other"},
        {"ceiling": "anything"},
        {"colour": "green"},
        {"password": "in-the-clear"},
    ],
)
def test_settings_that_do_not_hold_are_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings("https://taxii.example/root/", "env:PASSWORD", **changes)
