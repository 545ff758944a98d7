"""Files beside messages, downloaded: by whom the content goes to, and no others."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from broker.api import hub_lines
from broker.app.attachments import sealed_files
from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.codec.attaching import with_files
from broker.core.handling import Handling
from tests.api_world import AGENCY, REQUEST, ApiWorld, Registered, api_world, everybody
from tests.attached_files import SealedFile, sealed_file
from tests.case_world import example
from tests.hub_files import files_at_hub, lose, reach
from tests.unit.broker.services.blob_world import BlobWorld
from tests.world import BEL, KEN


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("files")) as world:
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


@pytest.fixture(scope="module")
def hub(
    made: ApiWorld, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BlobWorld]:
    with files_at_hub(tmp_path_factory.mktemp("hub"), made) as world:
        yield world


@pytest.fixture
def at_hub(hub: BlobWorld, made: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    reach(hub, made, monkeypatch)


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    lose(monkeypatch)


@pytest.fixture(scope="module")
def received(made: ApiWorld, hub: BlobWorld) -> tuple[bytes, SealedFile]:
    """A message with a file beside it, which is at the hub."""
    file = sealed_file("scène.txt", 1000)
    hub.has(BEL, file)
    until_ms = made.parties.clock.now_ms() + ATTACHMENT_LIMITS.grace_ms
    asyncio.run(hub.transfer(BEL).bring(file.blob, until_ms))
    kind = f"{REQUEST}/1"
    body = with_files(kind, example(REQUEST), (file.said,))
    sent = made.parties.sides[BEL].send(
        (KEN,), body, kind, Handling.parse("TLP:AMBER H1"), b""
    )
    made.settle()
    return sent.message_digest, file


@pytest.mark.usefixtures("at_hub")
def test_a_desk_downloads_what_its_message_names(
    made: ApiWorld,
    clients: dict[str, Registered],
    received: tuple[bytes, SealedFile],
) -> None:
    digest, file = received
    client = made.client(clients["reader"])
    path = f"/v1/messages/{digest.hex()}/attachments"
    [said] = client.get(path).json()["attachments"]
    assert (said["number"], said["name"], said["here"]) == (1, "scène.txt", False)
    answer = client.get(f"{path}/1")
    assert answer.status_code == 200, answer.text
    assert answer.content == file.data
    assert answer.headers["rogatory-sha256"] == file.said.sha256.hex()
    assert answer.headers["rogatory-handling"] == "TLP:AMBER H1"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=")
    assert client.get(path).json()["attachments"][0]["here"] is True
    given = made.node.store.handed_out(digest)
    assert [(one.desk, one.agency) for one in given] == [("police", AGENCY)]


@pytest.mark.usefixtures("at_hub")
def test_whoever_may_not_have_the_content_gets_no_file(
    made: ApiWorld,
    clients: dict[str, Registered],
    received: tuple[bytes, SealedFile],
) -> None:
    path = f"/v1/messages/{received[0].hex()}/attachments"
    for name, status in (
        ("customs", 404),
        ("submitter", 404),
        ("administrator", 404),
        ("auditor", 403),
    ):
        for where in (path, f"{path}/1"):
            assert made.client(clients[name]).get(where).status_code == status, name


def test_a_number_that_there_is_not_is_not_found(
    made: ApiWorld,
    clients: dict[str, Registered],
    received: tuple[bytes, SealedFile],
) -> None:
    client = made.client(clients["reader"])
    path = f"/v1/messages/{received[0].hex()}/attachments"
    assert client.get(f"{path}/2").status_code == 404
    assert client.get(f"{path}/0").status_code == 400


@pytest.mark.usefixtures("no_hub")
def test_a_file_that_cannot_be_fetched_now_is_said_to_be_so(
    made: ApiWorld,
    clients: dict[str, Registered],
    received: tuple[bytes, SealedFile],
) -> None:
    sealed_files(made.node).remove(received[1].blob)
    path = f"/v1/messages/{received[0].hex()}/attachments/1"
    answer = made.client(clients["reader"]).get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_a_hub_that_does_not_answer_holds_up_only_so_many(
    made: ApiWorld,
    clients: dict[str, Registered],
    received: tuple[bytes, SealedFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub_lines, "_lines", threading.BoundedSemaphore(1))
    sealed_files(made.node).remove(received[1].blob)
    path = f"/v1/messages/{received[0].hex()}/attachments/1"
    with hub_lines.hub_line():
        answer = made.client(clients["reader"]).get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "wait for the hub" in answer.json()["detail"]
