"""Files beside messages on a running federation: attached, fetched, taken back.

Belgium sends, Kenya gets it; the hub is a real one.
"""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.app.attachments import sealed_files
from broker.app.files_over_bus import ask_desk
from broker.core.codec.desk_blobs import decode_state, encode_has
from broker.infra.blob_store import BlobLimits, BlobStore
from keys.framing import sha256
from tests.federation import EXAMPLES, Federation
from tests.images import PLACE, jpeg, png
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


@pytest.fixture
def alert(tmp_path: Path) -> Path:
    document = yaml.safe_load((EXAMPLES / "route-intelligence.yaml").read_text())
    path = tmp_path / "route.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def sent(desk: Desk, document: Path, *options: object) -> str:
    return desk.sends(
        "BEL", "send", document, "--to", "KEN", "--handling", "TLP:GREEN", *options
    )


def attachments(desk: Desk, party: str, message: str) -> list[dict[str, Any]]:
    listed = desk.at(party, "attachments", "list", message)
    assert listed.code == 0, listed.err
    return list(listed.json["attachments"])


def at_the_hub(desk: Desk, blob: str) -> object:
    async def ask() -> object:
        async with desk.partners.party_bus("BEL", "look") as bus:
            return decode_state(await ask_desk(bus, encode_has(bytes.fromhex(blob))))

    return asyncio.run(ask())


def test_a_photograph_arrives_without_what_the_camera_wrote(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    photograph, scan = tmp_path / "frame.jpg", tmp_path / "end use.png"
    photograph.write_bytes(jpeg(filling=600_000))
    scan.write_bytes(png())
    message = sent(
        desk, alert, "--attach", f"{photograph}:mark", "--attach", f"{scan}:document"
    )
    listed = attachments(desk, "KEN", message)
    assert [(one["shows"], one["name"], one["here"]) for one in listed] == [
        ("mark", "frame.jpg", False),
        ("document", "end use.png", False),
    ]
    out = tmp_path / "out"
    fetched = desk.at("KEN", "attachments", "fetch", message, "--out", out)
    assert fetched.code == 0, fetched.err
    for one in fetched.json["attachments"]:
        data = Path(one["file"]).read_bytes()
        assert sha256(data).hex() == one["sha256"]
        assert PLACE not in data
    assert sorted(path.name for path in out.iterdir()) == ["end use.png", "frame.jpg"]
    shown = desk.at("KEN", "attachments", "show", message, "1").json
    assert (shown["here"], shown["metadata_stripped"]) == (True, True)
    ken = desk.partners.folder / "KEN"
    said = desk.cli("attachments", "show", message, "1", "--node", ken).out
    assert "metadata_stripped  yes" in said


def test_the_hub_holds_nothing_that_it_could_read(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "list.txt"
    paper.write_bytes(b"A sentence that the hub must never see." * 100)
    message = sent(desk, alert, "--attach", paper)
    key = base64.b64decode(
        desk.at("KEN", "show", message).json["content"]["attachments"][0]["key"]
    )
    for path in desk.partners.hub_folder.rglob("*"):
        if path.is_file() and "attachments" in path.parts:
            data = path.read_bytes()
            assert b"never see" not in data
            assert b"list.txt" not in data
            assert key not in data


def test_a_recall_takes_the_file_from_the_hub_and_from_its_recipient(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text("to be taken back")
    message = sent(desk, alert, "--attach", paper)
    [file] = attachments(desk, "BEL", message)
    blob = file["blob"]
    assert desk.at("KEN", "attachments", "fetch", message).code == 0
    kenya = sealed_files(desk.partners.members["KEN"].node)
    assert kenya.missing(bytes.fromhex(blob)) == ()
    recalled = desk.at("BEL", "recall", message, "--reason", "error", "--yes")
    assert recalled.code == 0, recalled.err + recalled.out
    gone = decode_state(b'{"until": 0, "missing": null}')
    asyncio.run(
        desk.partners.until(
            lambda: kenya.manifest(bytes.fromhex(blob)) is None, "no file at Kenya"
        )
    )
    asyncio.run(
        desk.partners.until(lambda: hub_blob(desk, blob) is None, "no file at the hub")
    )
    assert at_the_hub(desk, blob) == gone
    code, _ = desk.refusal("KEN", "attachments", "fetch", message)
    assert code == "recalled"


def hub_blob(desk: Desk, blob: str) -> object:
    store = BlobStore(desk.partners.hub.folder.attachments, BlobLimits())
    try:
        return store.manifest(bytes.fromhex(blob))
    finally:
        store.close()


def send(desk: Desk, document: Path, *options: object) -> Any:  # noqa: ANN401 - of the cli
    return desk.at(
        "BEL", "send", document, "--to", "KEN", "--handling", "TLP:GREEN", *options
    )


def sealed_at_belgium(desk: Desk) -> set[bytes]:
    return set(sealed_files(desk.partners.members["BEL"].node).blobs())


def test_a_dry_run_seals_nothing_and_brings_nothing(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    paper, before = tmp_path / "a.txt", sealed_at_belgium(desk)
    paper.write_text("a paper")
    ended = send(desk, alert, "--attach", paper, "--dry-run")
    assert ended.code == 0
    assert ended.json["would_get_it"][0]["party"] == "KEN"
    assert "a.txt: text/plain, 7 bytes" in ended.err
    assert sealed_at_belgium(desk) == before


def test_what_policy_withholds_is_not_brought_to_the_hub(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    paper, before = tmp_path / "a.txt", sealed_at_belgium(desk)
    paper.write_text("for nobody")
    ended = desk.at(
        "BEL", "send", alert, "--to", "KEN", "--handling", "TLP:RED", "--attach", paper
    )
    assert ended.json["error"]["code"] == "export-policy"
    [blob] = sealed_at_belgium(desk) - before
    assert hub_blob(desk, blob.hex()) is None


def test_files_that_cannot_be_attached_say_why(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    image, paper = tmp_path / "a.heic", tmp_path / "a.txt"
    image.write_bytes(b"\x00\x00\x00\x18ftypheic")
    paper.write_text("x")
    for named, why in (
        (image, "--keep-metadata"),
        (f"{paper}:picture", "nothing that an attachment shows"),
        (tmp_path / "missing.jpg", "cannot read"),
    ):
        ended = send(desk, alert, "--attach", named)
        assert ended.code == 78
        assert why in ended.json["error"]["text"]
    ended = send(desk, alert, "--attach", paper, "--caption", "a", "--caption", "b")
    assert "more captions than files" in ended.json["error"]["text"]
    card = EXAMPLES / "contact-card.yaml"
    ended = desk.at("BEL", "send", card, "--attach", paper)
    assert "no file can be attached" in ended.json["error"]["text"]


def test_metadata_stays_where_somebody_says_so_and_the_message_tells(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    image = tmp_path / "a.jpg"
    image.write_bytes(jpeg())
    message = sent(
        *(desk, alert, "--attach", f"{image}:mark", "--keep-metadata"),
        *("--caption", "Left side of the frame"),
    )
    [listed] = attachments(desk, "KEN", message)
    assert listed["caption"] == "Left side of the frame"
    assert not listed["metadata_stripped"]
    assert listed["bytes"] == len(jpeg())


def test_a_fetched_file_can_be_forgotten_and_fetched_again(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"the paper {name}")
    message = sent(
        desk, alert, "--attach", tmp_path / "a.txt", "--attach", tmp_path / "b.txt"
    )
    fetched = desk.at("KEN", "attachments", "fetch", message, "2")
    assert fetched.code == 0
    assert "sealed at this node" in fetched.err
    here = [one["here"] for one in attachments(desk, "KEN", message)]
    assert here == [False, True]
    assert desk.at("KEN", "attachments", "forget", message).json == {"removed": [2]}
    out = tmp_path / "out"
    fetched = desk.cli(
        *("attachments", "fetch", message, "--out", out),
        *("--node", desk.partners.folder / "KEN"),
    )
    assert fetched.out.splitlines() == [str(out / "a.txt"), str(out / "b.txt")]
    assert (out / "b.txt").read_text() == "the paper b.txt"
    assert "no recall reaches it" in fetched.err
    listed = desk.cli(
        *("attachments", "list", message, "--node", desk.partners.folder / "KEN")
    )
    assert "document" in listed.out
    shown = desk.cli(
        *("attachments", "show", message, 1, "--node", desk.partners.folder / "KEN")
    )
    assert sha256(b"the paper a.txt").hex() in shown.out
    code, text = desk.refusal("KEN", "attachments", "fetch", message, "3")
    assert (code, "no file 3" in text) == ("configuration", True)
    code, text = desk.refusal("BEL", "attachments", "forget", message)
    assert (code, "sent from here" in text) == ("configuration", True)


def test_the_operator_of_the_hub_sees_who_takes_how_much_room(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text("a paper")
    sent(desk, alert, "--attach", paper)
    hub = desk.partners.hub_folder
    told = desk.cli("hub", "attachments", hub, "--json").json
    [belgium] = [one for one in told["parties"] if one["party"] == "BEL"]
    assert belgium["files"] >= 1
    assert 0 < belgium["bytes"] < told["party_max_bytes"]
    assert "BEL" in desk.cli("hub", "attachments", hub).out


def test_a_message_without_files_says_so(desk: Desk, alert: Path) -> None:
    message = sent(desk, alert)
    assert desk.at("KEN", "attachments", "list", message).json == {"attachments": []}
    assert "no file beside" in desk.at("KEN", "attachments", "fetch", message).err


def test_without_the_hub_nothing_is_sent_and_nothing_is_lost(
    desk: Desk, alert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, before = tmp_path / "a.txt", sealed_at_belgium(desk)
    paper.write_text("comes when the hub does")
    with monkeypatch.context() as away:
        away.setenv("ROGATORY_NODE_BUS_URL", "nats://127.0.0.1:1")
        impatient = {"wait_s": 0.1, "account": None}
        opening = "broker.app.node_link.connected.__wrapped__.__kwdefaults__"
        away.setattr(opening, impatient)
        ended = send(desk, alert, "--attach", paper)
    assert ended.json["error"]["code"] == "unavailable"
    [blob] = sealed_at_belgium(desk) - before
    message = sent(desk, alert, "--attach", paper)
    [listed] = attachments(desk, "KEN", message)
    assert listed["blob"] == blob.hex()


def test_who_gets_a_copy_that_is_passed_on_gets_the_file_too(
    desk: Desk, alert: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text("passed on")
    message = sent(desk, alert, "--attach", paper)
    copy = desk.sends("KEN", "forward", message, "--to", "MEX")
    out = tmp_path / "out"
    fetched = desk.at("MEX", "attachments", "fetch", copy, "--out", out)
    assert fetched.code == 0, fetched.err
    assert (out / "a.txt").read_text() == "passed on"
