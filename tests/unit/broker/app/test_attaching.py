"""Attaching files at a node: read, stripped, sealed, and sealed only once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.app.attaching import (
    Loaded,
    Source,
    kept_until,
    load,
    sealed,
    with_attachments,
)
from broker.app.attachments import check_file, is_here, sealed_files, write_file
from broker.app.credentials import NodeKeys
from broker.app.exchange_files import FederationFile
from broker.app.joining import NodePlan, make_node
from broker.app.node_folder import LIMITS, Node, open_node
from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.codec.attaching import files_of
from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.errors import ConfigurationError, RefusedError, StoreFullError
from broker.core.handling import Handling, Tlp
from broker.core.outgoing import OutgoingDocument
from broker.core.policy.parse import parse_policy
from broker.infra import chunk_files
from broker.infra.document_files import load_file
from keys.directory.model import Contact
from keys.errors import ContentError
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import EXAMPLES
from tests.images import PLACE, jpeg, png
from tests.world import BEL, KEN, NOW_MS

POLICY = EXAMPLES / "policies" / "ken.yaml"
KIND = "route-intelligence/1"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    make_node(
        tmp_path / "node",
        NodePlan(
            party=KEN,
            name="Kenya",
            policy=parse_policy(load_file(POLICY)),
            policy_text=POLICY.read_text(encoding="utf-8"),
            contact=Contact(office="Registry", languages=("en",)),
        ),
        FederationFile(
            name="F", bus_url="tls://127.0.0.1:1", root=b"root", hub_account="A"
        ),
        b"secret",
        now_ms=NOW_MS,
        cost=UNSAFE_THROWAWAY_COST,
    )
    opened = open_node(tmp_path / "node")
    yield opened
    opened.close()


@pytest.fixture
def keys(node: Node) -> NodeKeys:
    return node.unlock(b"secret")


def written(tmp_path: Path, name: str, data: bytes) -> Source:
    path = tmp_path / name
    path.write_bytes(data)
    return Source(path=path)


def loaded(
    node: Node, tmp_path: Path, data: bytes = b"a paper", name: str = "paper.txt"
) -> Loaded:
    return load(written(tmp_path, name, data), node, keep_metadata=False)


def document() -> OutgoingDocument:
    content = parse_draft(load_file(EXAMPLES / "route-intelligence.yaml")).content
    return OutgoingDocument(
        kind=KIND,
        body=encode_document(KIND, content),
        recipients=(BEL,),
        handling=Handling(tlp=Tlp.GREEN),
    )


@pytest.mark.parametrize(("name", "image"), [("a.jpg", jpeg()), ("a.png", png())])
def test_images_lose_what_cameras_write(
    node: Node, tmp_path: Path, name: str, image: bytes
) -> None:
    found = loaded(node, tmp_path, image, name)
    assert PLACE not in found.data
    assert found.file.metadata_stripped
    assert found.file.size == len(found.data)
    assert found.file.kind == "other"


def test_an_image_that_is_called_a_text_loses_it_too(
    node: Node, tmp_path: Path
) -> None:
    assert PLACE not in loaded(node, tmp_path, jpeg(), "notes.txt").data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.heic", b"\x00\x00\x00\x18ftypheic"),
        ("a.tif", b"II*\x00"),
        ("a.dng", b"II*\x00"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("a.gif", b"anything that is called an image"),
    ],
)
def test_an_image_that_is_not_understood_is_not_sent_unless_asked_for(
    node: Node, tmp_path: Path, name: str, data: bytes
) -> None:
    source = written(tmp_path, name, data)
    with pytest.raises(ConfigurationError, match="--keep-metadata"):
        load(source, node, keep_metadata=False)
    kept = load(source, node, keep_metadata=True)
    assert (kept.data, kept.file.metadata_stripped) == (data, False)


def test_an_operator_can_forbid_that_metadata_stay(node: Node, tmp_path: Path) -> None:
    settings = node.settings.model_copy(update={"attachments_metadata": "strip"})
    strict = replace(node, settings=settings)
    source = written(tmp_path, "a.jpg", jpeg())
    with pytest.raises(ConfigurationError, match="attachments_metadata"):
        load(source, strict, keep_metadata=True)
    assert load(source, strict, keep_metadata=False).file.metadata_stripped


def test_a_damaged_image_and_a_deceiving_name_are_refused(
    node: Node, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError):
        loaded(node, tmp_path, jpeg()[:-40], "a.jpg")
    with pytest.raises(ConfigurationError, match="name"):
        loaded(node, tmp_path, b"x", "photo\u202egpj.txt")


def test_papers_are_documents_and_stay_as_they_are(node: Node, tmp_path: Path) -> None:
    found = loaded(node, tmp_path, b"%PDF-1.7 text", "a.pdf")
    assert (found.file.kind, found.file.media_type) == ("document", "application/pdf")
    assert found.data == b"%PDF-1.7 text"


def test_a_sealed_file_is_what_was_read(
    node: Node, keys: NodeKeys, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 3000  # three chunks
    file = sealed(node, keys, loaded(node, tmp_path, data), NOW_MS)
    assert is_here(node, file)
    check_file(node, file)
    out = write_file(node, file, tmp_path / "out")
    assert out.read_bytes() == data
    for path in (tmp_path / "node").rglob("*"):
        if path.is_file():
            stored = path.read_bytes()
            assert data[:64] not in stored
            assert file.key not in stored
            assert b"paper.txt" not in stored


def test_the_same_file_is_sealed_once_and_gone_on_with_after_a_crash(
    node: Node,
    keys: NodeKeys,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else each attempt would bring all of it to the hub again."""
    data = bytes(1_000_000)
    source = loaded(node, tmp_path, data)
    write, calls = chunk_files.write_durably, []

    def killed(path: Path, chunk: bytes) -> None:
        calls.append(path)
        if len(calls) > 3:
            raise KeyboardInterrupt
        write(path, chunk)

    monkeypatch.setattr(chunk_files, "write_durably", killed)
    with pytest.raises(KeyboardInterrupt):
        sealed(node, keys, source, NOW_MS)
    monkeypatch.undo()
    [blob] = sealed_files(node).blobs()
    assert sealed_files(node).missing(blob) == (2, 3)
    file = sealed(node, keys, source, NOW_MS + 1)
    assert file.blob == blob
    check_file(node, file)
    assert sealed(node, keys, source, NOW_MS + 2) == file


def test_no_two_messages_have_a_file_under_one_key(
    node: Node, keys: NodeKeys, tmp_path: Path
) -> None:
    source = loaded(node, tmp_path)
    first = sealed(node, keys, source, NOW_MS)
    node.store.end_attachment_drafts([first.blob])
    second = sealed(node, keys, source, NOW_MS)
    assert first.key != second.key
    assert first.blob != second.blob
    other = sealed(node, keys, loaded(node, tmp_path, b"another"), NOW_MS)
    assert other.key != second.key


def test_a_draft_under_another_node_key_is_sealed_again(
    node: Node, keys: NodeKeys, tmp_path: Path
) -> None:
    source = loaded(node, tmp_path)
    first = sealed(node, keys, source, NOW_MS)
    draft_of = node.store.attachment_draft

    def damaged(token: bytes) -> object:
        found = draft_of(token)
        return found and replace(found, protected=b"under another key")

    strange = replace(node)
    object.__setattr__(strange.store, "attachment_draft", damaged)
    second = sealed(strange, keys, source, NOW_MS)
    assert first.key != second.key
    check_file(node, second)


def test_a_full_disk_seals_nothing_by_halves(
    node: Node, keys: NodeKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(chunk_files, "write_durably", full)
    source = loaded(node, tmp_path)
    with pytest.raises(StoreFullError):
        sealed(node, keys, source, NOW_MS)
    monkeypatch.undo()
    check_file(node, sealed(node, keys, source, NOW_MS))


def test_a_chunk_that_rotted_on_the_disk_is_noticed(
    node: Node, keys: NodeKeys, tmp_path: Path
) -> None:
    file = sealed(node, keys, loaded(node, tmp_path), NOW_MS)
    [path] = (tmp_path / "node").rglob("00000")
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(ContentError):
        write_file(node, file, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_documents_take_so_many_files_and_some_take_none(
    node: Node, keys: NodeKeys, tmp_path: Path
) -> None:
    file = sealed(node, keys, loaded(node, tmp_path), NOW_MS)
    with_one = with_attachments(document(), [file])
    assert files_of(KIND, with_one.body) == (file,)
    most = [file] * ATTACHMENT_LIMITS.files_max
    with pytest.raises(ConfigurationError, match="files beside one message"):
        with_attachments(with_one, most)
    card = replace(document(), kind="contact-card/1")
    with pytest.raises(ConfigurationError, match="no file can be attached"):
        with_attachments(card, [file])


def test_files_are_kept_longer_than_their_message_may_be_delivered() -> None:
    plain, short = document(), replace(document(), lifetime_ms=5)
    grace_ms = ATTACHMENT_LIMITS.grace_ms
    assert kept_until(short, NOW_MS) == NOW_MS + 5 + grace_ms
    assert kept_until(plain, 0) == LIMITS.default_lifetime_ms + grace_ms
