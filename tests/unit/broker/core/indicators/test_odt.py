"""Claims about documents for word processors."""

import io
import zipfile
from xml.etree import ElementTree as ET

from hypothesis import given, strategies as st

from broker.core.indicators.odt import (
    MEDIA_TYPE,
    Block,
    Grid,
    Heading,
    Paragraph,
    write_odt,
)

BLOCKS: list[Block] = [
    Heading(text="Part", level=2),
    Paragraph(text="One & <two>\nthree", note=True),
    Grid(head=("a", "b"), rows=[("1", "2")]),
]


def test_the_type_stands_first_and_uncompressed_as_the_standard_asks() -> None:
    data = write_odt("Title", BLOCKS)
    assert data[30:38] == b"mimetype"
    assert data[38 : 38 + len(MEDIA_TYPE)] == MEDIA_TYPE.encode()


def test_the_same_blocks_give_the_same_bytes() -> None:
    assert write_odt("Title", BLOCKS) == write_odt("Title", BLOCKS)


@given(st.text(max_size=40))
def test_whatever_a_text_holds_the_document_stays_sound(text: str) -> None:
    data = write_odt(text, [Paragraph(text=text), Grid(head=[text], rows=[[text]])])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        ET.fromstring(archive.read("content.xml"))  # noqa: S314 - written a line above
        ET.fromstring(archive.read("META-INF/manifest.xml"))  # noqa: S314 - likewise
