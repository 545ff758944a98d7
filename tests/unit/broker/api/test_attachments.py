"""Files beside messages: uploaded and sealed, sent with a document, and downloaded."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from broker.api import routes_attachments, uploads
from broker.api.problems import ProblemError
from broker.api.roles import Caller, Role
from broker.api.settings import ApiSettings
from broker.api.uploads import attach_uploads, forget_uploads
from broker.core.codec.attaching import files_of
from broker.core.errors import BusUnavailableError
from broker.core.handling import Handling
from broker.core.outgoing import OutgoingDocument
from tests.api_world import AGENCY, REQUEST, ApiWorld, Registered, api_world, everybody
from tests.case_world import example
from tests.hub_files import files_at_hub, lose, reach
from tests.images import jpeg
from tests.unit.broker.services.blob_world import BlobWorld
from tests.world import BEL

SECRET = b"MARK-OF-A-WEAPON-7731 " * 50_000  # in several chunks


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    settings = ApiSettings(tls="none", attachment_max_bytes=2 * len(SECRET))
    with api_world(tmp_path_factory.mktemp("files"), settings) as world:
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


@pytest.fixture
def at_hub(
    made: ApiWorld,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[BlobWorld]:
    with files_at_hub(tmp_path_factory.mktemp("hub"), made) as hub:
        reach(hub, made, monkeypatch)
        yield hub


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    lose(monkeypatch)


@pytest.fixture
def submitter(made: ApiWorld, clients: dict[str, Registered]) -> TestClient:
    return made.client(clients["submitter"])


def upload(client: TestClient, data: bytes = SECRET, name: str = "note.txt") -> str:
    answer = client.post("/v1/attachments", params={"name": name}, content=data)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["handle"])


def caller(agency: str = AGENCY) -> Caller:
    return Caller(
        client="submitter",
        agency=agency,
        roles=frozenset({Role.SUBMIT}),
        desks=frozenset(),
    )


def document() -> OutgoingDocument:
    return OutgoingDocument(
        kind=f"{REQUEST}/1",
        body=example(REQUEST),
        handling=Handling.parse("TLP:AMBER"),
        recipients=(BEL,),
    )


def everything_in(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


def test_what_is_uploaded_is_sealed_and_nothing_of_it_is_readable(
    made: ApiWorld, submitter: TestClient
) -> None:
    query = {"name": "mark.txt", "shows": "mark", "caption": "left side"}
    answer = submitter.post("/v1/attachments", params=query, content=SECRET)
    assert answer.status_code == 201
    said = answer.json()
    assert (said["name"], said["shows"], said["caption"]) == (
        "mark.txt",
        "mark",
        "left side",
    )
    assert (said["size"], said["metadata_stripped"]) == (len(SECRET), False)
    there = everything_in(made.node.folder.root)
    assert SECRET[:20] not in there
    assert b"left side" not in there
    assert list((made.node.folder.root / "spool").iterdir()) == []


def test_an_image_loses_what_its_camera_wrote(submitter: TestClient) -> None:
    answer = submitter.post("/v1/attachments?name=frame.jpg", content=jpeg())
    assert answer.status_code == 201
    assert answer.json()["metadata_stripped"] is True
    broken = submitter.post("/v1/attachments?name=frame.jpg", content=jpeg()[:40])
    assert (broken.status_code, broken.json()["code"]) == (422, "invalid-attachment")


@pytest.mark.parametrize("name", ["../up.txt", "a/b.txt", "/etc/passwd", "..", "a\\b"])
def test_path_traversal_in_the_name_of_an_upload_is_refused(
    made: ApiWorld, submitter: TestClient, name: str
) -> None:
    before = set(made.node.folder.root.rglob("*"))
    answer = submitter.post("/v1/attachments", params={"name": name}, content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert set(made.node.folder.root.rglob("*")) - before <= {
        made.node.folder.root / "spool"
    }


def test_a_file_that_is_too_large_is_refused_announced_or_not(
    made: ApiWorld, submitter: TestClient
) -> None:
    limit = made.settings.attachment_max_bytes
    announced = submitter.post("/v1/attachments?name=a.bin", content=b"x" * (limit + 1))
    assert (announced.status_code, announced.json()["code"]) == (413, "too-large")
    parts = (b"x" * 65_536 for _ in range(limit // 65_536 + 2))
    streamed = submitter.post("/v1/attachments?name=a.bin", content=parts)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too-large")


def test_an_empty_file_is_refused(submitter: TestClient) -> None:
    answer = submitter.post("/v1/attachments?name=a.bin", content=b"")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-document")


def test_only_who_may_submit_may_upload(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    for name in ("reader", "auditor", "administrator", "every-desk"):
        answer = made.client(clients[name]).post(
            "/v1/attachments?name=a.txt", content=b"x"
        )
        assert answer.status_code == 403
    assert made.client().post("/v1/attachments?name=a", content=b"x").status_code == 401


def test_an_agency_that_never_sends_cannot_fill_the_disk(
    submitter: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(submitter)
    monkeypatch.setattr(uploads, "UNSENT_MAX", 10)
    answer = submitter.post("/v1/attachments?name=a.txt", content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")


def test_too_many_uploads_at_a_time_are_put_off(
    submitter: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_attachments, "_UPLOADS_MAX", 0)
    answer = submitter.post("/v1/attachments?name=a.txt", content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "30"


async def test_one_agency_that_uploads_slowly_keeps_no_other_from_uploading() -> None:
    room = routes_attachments._Room()
    async with AsyncExitStack() as slow:
        for _ in range(8):
            await slow.enter_async_context(room.taken("Police"))
        with pytest.raises(ProblemError):
            await slow.enter_async_context(room.taken("Police"))
        async with room.taken("Customs"):
            assert room.coming["Customs"] == 1
    assert not room.coming


@pytest.mark.usefixtures("at_hub")
def test_a_document_names_the_files_and_they_are_at_the_hub_before_it(
    made: ApiWorld, submitter: TestClient
) -> None:
    handles = [upload(submitter), upload(submitter, b"second", "b.txt")]
    with_both = attach_uploads(made.services, caller(), document(), handles)
    files = files_of(with_both.kind, with_both.body)
    assert [one.name for one in files] == ["note.txt", "b.txt"]
    for one in files:
        held = made.node.store.blob_held_until(one.blob)
        assert held is not None
        assert held > made.parties.clock.now_ms()
    again = attach_uploads(made.services, caller(), document(), handles)
    assert again.body == with_both.body
    forget_uploads(made.services, with_both)
    with pytest.raises(ProblemError) as refused:
        attach_uploads(made.services, caller(), document(), handles)
    assert refused.value.places[0].path == "attachments[0]"


def test_nothing_is_brought_anywhere_when_it_is_only_planned(
    made: ApiWorld, submitter: TestClient, at_hub: BlobWorld
) -> None:
    asked = len(at_hub.asked)
    attach_uploads(
        made.services, caller(), document(), [upload(submitter)], to_hub=False
    )
    assert len(at_hub.asked) == asked


@pytest.mark.usefixtures("no_hub")
def test_without_the_hub_nothing_is_sent_and_the_handle_still_holds(
    made: ApiWorld, submitter: TestClient
) -> None:
    handle = upload(submitter)
    with pytest.raises(BusUnavailableError):
        attach_uploads(made.services, caller(), document(), [handle])
    attach_uploads(made.services, caller(), document(), [handle], to_hub=False)


@pytest.mark.parametrize("handle", ["", "00" * 16, "zz", "00" * 400])
def test_a_handle_that_is_none_is_refused(made: ApiWorld, handle: str) -> None:
    with pytest.raises(ProblemError) as refused:
        attach_uploads(made.services, caller(), document(), [handle], to_hub=False)
    assert refused.value.status == 422


def test_a_file_of_another_agency_is_not_there(
    made: ApiWorld, submitter: TestClient
) -> None:
    handle = upload(submitter)
    with pytest.raises(ProblemError):
        attach_uploads(
            made.services, caller("Customs"), document(), [handle], to_hub=False
        )


def test_a_file_that_nobody_sends_is_forgotten_with_its_key(
    made: ApiWorld, submitter: TestClient
) -> None:
    handle = upload(submitter)
    now_ms = made.parties.clock.now_ms()
    made.node.store.end_attachment_drafts_before(now_ms + 1)
    with pytest.raises(ProblemError):
        attach_uploads(made.services, caller(), document(), [handle], to_hub=False)
    assert made.node.store.uploaded_size(AGENCY) == 0


def test_a_kind_that_takes_no_files_is_refused_with_a_reason(
    made: ApiWorld, submitter: TestClient
) -> None:
    other = replace(document(), kind="permission-request/1", body=b"")
    with pytest.raises(ProblemError) as refused:
        attach_uploads(
            made.services, caller(), other, [upload(submitter)], to_hub=False
        )
    assert "no file can be attached" in refused.value.detail
