"""A document for word processors (OpenDocument text, ISO/IEC 26300), from plain blocks.

It is written as bytes, the same for the same blocks. What the blocks say is left to the
callers.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.sax.saxutils import escape

MEDIA_TYPE: Final = "application/vnd.oasis.opendocument.text"

_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can tell
_NAMES: Final = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'office:version="1.3"'
)
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_STYLES: Final = (
    '<style:style style:name="Note" style:family="paragraph">'
    '<style:text-properties fo:font-style="italic"/></style:style>'
    '<style:style style:name="Strong" style:family="paragraph">'
    '<style:text-properties fo:font-weight="bold" fo:font-size="9pt"/></style:style>'
    '<style:style style:name="Small" style:family="paragraph">'
    '<style:text-properties fo:font-size="9pt"/></style:style>'
    '<style:style style:name="Cell" style:family="table-cell">'
    '<style:table-cell-properties fo:border="0.5pt solid #808080" '
    'fo:padding="0.1cm"/></style:style>'
)
_MANIFEST: Final = (
    f"{_HEAD}<manifest:manifest "
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" '
    'manifest:media-type="text/xml"/></manifest:manifest>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; 1 is the highest level."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph; a note is set in italics."""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table with a head."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


Block: TypeAlias = Heading | Paragraph | Grid


def write_odt(title: str, blocks: Iterable[Block]) -> bytes:
    """Returns the file.

    Args:
        title: What stands above everything.
        blocks: What follows, in order.
    """
    body = [_block(Heading(text=title)), *map(_block, blocks)]
    content = (
        f"{_HEAD}<office:document-content {_NAMES}><office:automatic-styles>{_STYLES}"
        f"</office:automatic-styles><office:body><office:text>{''.join(body)}"
        "</office:text></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # Readers look for the type at a fixed place: first, and not compressed.
        for name, data, how in (
            ("mimetype", MEDIA_TYPE, zipfile.ZIP_STORED),
            ("META-INF/manifest.xml", _MANIFEST, zipfile.ZIP_DEFLATED),
            ("content.xml", content, zipfile.ZIP_DEFLATED),
        ):
            member = zipfile.ZipInfo(name, _TIME)
            member.compress_type = how
            archive.writestr(member, data)
    return out.getvalue()


def _block(block: Block) -> str:
    match block:
        case Heading(text=text, level=level):
            said = _text(text)
            return f'<text:h text:outline-level="{level}">{said}</text:h>'
        case Paragraph(text=text, note=note):
            style = ' text:style-name="Note"' if note else ""
            return f"<text:p{style}>{_text(text)}</text:p>"
        case Grid(head=head, rows=rows):
            lines = _row(head, "Strong"), *(_row(row, "Small") for row in rows)
            columns = (
                f'<table:table-column table:number-columns-repeated="{len(head)}"/>'
            )
            return f"<table:table>{columns}{''.join(lines)}</table:table><text:p/>"


def _row(cells: Sequence[str], style: str) -> str:
    return (
        "<table:table-row>"
        + "".join(
            '<table:table-cell table:style-name="Cell" office:value-type="string">'
            f'<text:p text:style-name="{style}">{_text(cell)}</text:p>'
            "</table:table-cell>"
            for cell in cells
        )
        + "</table:table-row>"
    )


def _text(text: str) -> str:
    """Returns text for XML 1.0, which has no control characters at all."""
    sound = "".join(one for one in text if one in "\t\n" or one.isprintable())
    return escape(sound).replace("\n", "<text:line-break/>")
