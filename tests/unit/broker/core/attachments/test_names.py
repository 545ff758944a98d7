"""Names from abroad: no path, no device, no program, nothing that deceives."""

import pytest
from hypothesis import given, strategies as st

from broker.core.attachments.media import ENDINGS, JPEG, UNKNOWN, media_type
from broker.core.attachments.names import (
    NAME_MAX_SIZE,
    beside,
    is_plain_name,
    safe_name,
)
from keys.framing import sha256


@given(st.text(max_size=300), st.sampled_from([*ENDINGS, "text/html", "x", ""]))
def test_whatever_it_was_called_it_stays_in_its_folder(name: str, sort: str) -> None:
    written = safe_name(name, sort)
    assert written not in {"", ".", ".."}
    assert not written.startswith((".", " ", "-"))
    assert not set(written) & set('/\\:*?"<>|\x00\n')
    assert written.isprintable()
    assert len(written.encode()) <= NAME_MAX_SIZE + 1
    assert written.endswith(ENDINGS.get(sort, (".bin",)))
    assert safe_name(written, sort) == written


@pytest.mark.parametrize(
    ("name", "sort", "written"),
    [
        ("frame.jpg", JPEG, "frame.jpg"),
        ("FRAME.JPEG", JPEG, "FRAME.jpeg"),
        ("../../etc/passwd", "text/plain", "etc_passwd.txt"),
        ("..\\..\\autoexec.bat", JPEG, "autoexec.bat.jpg"),
        ("/absolute", UNKNOWN, "absolute.bin"),
        (".bashrc", "text/plain", "bashrc.txt"),
        ("mark.jpg.exe", JPEG, "mark.jpg.exe.jpg"),
        ("run.desktop", "application/x-desktop", "run.desktop.bin"),
        ("page.html", "text/html", "page.html.bin"),
        ("photo\u202egpj.exe", JPEG, "photogpj.exe.jpg"),
        ("con.jpg", JPEG, "_con.jpg"),
        ("[withheld]", JPEG, "withheld.jpg"),
        ("...", JPEG, "attachment.jpg"),
        ("a\x00b\nc", "text/plain", "abc.txt"),
        ("кадр.jpg", JPEG, "кадр.jpg"),
    ],
)
def test_names_from_abroad(name: str, sort: str, written: str) -> None:
    assert safe_name(name, sort) == written


def test_a_second_file_of_a_name_gets_one_of_its_own() -> None:
    assert beside("frame.jpg", sha256(b"x")) == f"frame-{sha256(b'x').hex()[:8]}.jpg"


@pytest.mark.parametrize("name", ["a/b", "a\\b", "..", " ", "", "a\u202eb", "a\nb"])
def test_a_path_is_no_name(name: str) -> None:
    assert not is_plain_name(name)


@pytest.mark.parametrize("name", ["frame.jpg", "[withheld]", "end use (2).pdf", "é"])
def test_a_name_is(name: str) -> None:
    assert is_plain_name(name)


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("x", b"\xff\xd8\xff\xe0", JPEG),
        ("x.txt", b"\xff\xd8\xff\xe0", JPEG),
        ("x.heic", b"\x00\x00\x00\x18ftypheic", "image/heic"),
        ("x.avif", b"\x00\x00\x00\x18ftypavif", "image/avif"),
        ("x.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("x.tif", b"II*\x00", "image/tiff"),
        ("x.nef", b"MM\x00*", "image/x-raw"),
        ("x.bmp", b"BM\x00\x00", "image/bmp"),
        ("x.txt", b"BMW of the suspect", "text/plain"),
        ("x.gif", b"no gif at all", "image/gif"),
        ("x.jxl", b"\xff\x0a\xfa", "image/jxl"),
        ("x", b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
        ("x.raf", b"FUJIFILMCCD-RAW ", "image/x-raw"),
        ("x.bin", b"8BPS\x00\x01", "image/vnd.adobe.photoshop"),
        ("x.pdf", b"%PDF-1.7", "application/pdf"),
        ("x.exe", b"MZ", UNKNOWN),
        ("x", b"", UNKNOWN),
    ],
)
def test_what_sort_of_file_it_is(name: str, head: bytes, found: str) -> None:
    assert media_type(name, head) == found
