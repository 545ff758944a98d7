"""Metadata goes, the picture stays bit by bit, and what is no image is refused."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from broker.core.attachments.images import STRIPPERS
from broker.core.attachments.jpeg import stripped_jpeg
from broker.core.attachments.orientation import only_orientation
from broker.core.attachments.png import stripped_png
from broker.core.errors import Code, RefusedError
from tests.images import PLACE, SCAN, chunk, exif, jpeg, png, segment


def test_a_jpeg_loses_places_makers_comments_previews_and_trailers() -> None:
    stripped = stripped_jpeg(jpeg())
    assert PLACE not in stripped
    assert PLACE[:3] not in stripped
    for gone in (b"Photoshop", b"ns.adobe.com", b"MPF", b"\xff\xfe"):
        assert gone not in stripped
    assert stripped.endswith(b"\xff\xd9")
    assert b"JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x00\x00" in stripped


def test_the_picture_of_a_jpeg_stays_bit_by_bit() -> None:
    stripped = stripped_jpeg(jpeg())
    assert stripped.count(SCAN) == 2
    for kept in (b"ICC_PROFILE", b"Adobe", segment(0xDB, bytes(65))):
        assert kept in stripped


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize("turned", range(2, 9))
def test_a_photograph_stays_the_right_way_up(turned: int, order: str) -> None:
    kept = only_orientation(exif(turned, order))
    assert PLACE not in kept
    assert only_orientation(kept) == kept
    assert int.from_bytes(kept[24:26], "big") == turned


@pytest.mark.parametrize(
    "payload",
    [
        exif(1),
        exif(9),
        exif(0),
        b"Exif\x00\x00",
        b"Exif\x00\x00II*\x00\xff\xff\xff\xff",
        b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff",
        b"Exif\x00\x00XX*\x00\x08\x00\x00\x00",
        b"",
        b"http://ns.adobe.com/xap/1.0/\x00",
    ],
)
def test_what_does_not_say_which_side_is_up_goes_as_a_whole(payload: bytes) -> None:
    assert only_orientation(payload) == b""


def test_stripping_twice_changes_nothing_more() -> None:
    for strip, image in ((stripped_jpeg, jpeg()), (stripped_png, png())):
        once = strip(image)
        assert strip(once) == once


def test_a_png_loses_texts_times_exif_and_trailers() -> None:
    stripped = stripped_png(png())
    assert PLACE not in stripped
    for gone in (b"tEXt", b"eXIf", b"tIME", b"zzZz"):
        assert gone not in stripped
    for kept in (b"IHDR", b"gAMA", b"IDAT", b"IEND"):
        assert kept in stripped


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xd8",
        jpeg()[:-40],
        jpeg().partition(SCAN)[0],
        jpeg().replace(b"\xff\xd9", b""),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x01",
        b"\xff\xd8" + segment(0xFE, b"x") + b"text",
        b"\xff\xd8" + segment(0x02, b"unknown") + b"\xff\xd9",
        b"\xff\xd8\xff\xff\xff",
        b"\xff\xd8" + segment(0xDA, b"x") + b"scan\xff\xff",
        png(),
    ],
)
def test_what_is_no_whole_jpeg_is_refused(broken: bytes) -> None:
    with pytest.raises(RefusedError) as refusal:
        stripped_jpeg(broken)
    assert refusal.value.code is Code.INVALID_ATTACHMENT


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        png()[:-40],
        png().replace(b"IHDR", b"IHDX"),
        png()[:8] + chunk(b"IDAT", b"first"),
        png()[:8] + chunk(b"IHDR", b"") + chunk(b"IHDR", b""),
        png()[:8] + chunk(b"IHDR", b"") + chunk(b"ABCD", b"needed"),
        png()[:8] + b"\xff\xff\xff\xffIHDR",
        jpeg(),
    ],
)
def test_what_is_no_whole_png_is_refused(broken: bytes) -> None:
    with pytest.raises(RefusedError) as refusal:
        stripped_png(broken)
    assert refusal.value.code is Code.INVALID_ATTACHMENT


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from([jpeg, png]))
def test_damage_of_any_sort_is_refused_or_harmless(
    damage: bytes, at: int, image: object
) -> None:
    assert callable(image)
    whole = image()
    damaged = whole[:at] + damage + whole[at + len(damage) :]
    for strip in STRIPPERS.values():
        with suppress(RefusedError):
            strip(damaged)
