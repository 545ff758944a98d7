"""The table of embargoes in a node's folder: read, put there, and asked.

What a flag means is left to `broker.core.embargoes`, and what to do to people.
"""

import datetime as dt
from pathlib import Path
from typing import Final

from broker.core.codec.documents import read_document
from broker.core.codec.embargoes import parse_embargoes
from broker.core.codec.kinds import parse_kind
from broker.core.embargoes import EmbargoTable, Flag, flags
from broker.core.onward import ONWARD_KIND
from broker.core.outgoing import OutgoingDocument
from broker.infra.document_files import load_bytes, read_file
from broker.infra.text_files import write_file

_FILE: Final = "embargoes.yaml"


def table_file(root: Path) -> Path:
    """Returns where a node's table is, or would be.

    Args:
        root: The node's folder.
    """
    return root / _FILE


def read_table(file: Path) -> EmbargoTable:
    """Reads a table.

    Raises:
        DocumentError: It cannot be read, or is none.
    """
    return parse_embargoes(load_bytes(read_file(file)))


def own_table(root: Path) -> EmbargoTable:
    """Returns a node's table; an empty one as long as nobody has put one there.

    Args:
        root: The node's folder.

    Raises:
        DocumentError: It cannot be read, or is none.
    """
    file = table_file(root)
    return read_table(file) if file.exists() else EmbargoTable()


def put_table(root: Path, file: Path) -> EmbargoTable:
    """Puts a table into a node's folder, as it was written; the one before goes.

    Args:
        root: The node's folder.
        file: The table.

    Raises:
        DocumentError: It cannot be read, or is none; the one before stays.
        ConfigurationError: It cannot be written, likewise.
    """
    data = read_file(file)
    table = parse_embargoes(load_bytes(data))
    write_file(table_file(root), data)
    return table


def flags_about(
    root: Path, document: OutgoingDocument, day: dt.date
) -> tuple[Flag, ...]:
    """Returns what in a document an embargo of a node's table may be about.

    Args:
        root: The node's folder.
        document: What is to be sent; of a form that its kind knows.
        day: The day that matters.

    Raises:
        DocumentError: The table cannot be read, or is none.
    """
    table = own_table(root)
    if not table.embargoes or document.kind == ONWARD_KIND:
        return ()  # whoever provided it has answered for what it says
    fields = read_document(parse_kind(document.kind), document.body)
    return flags(fields, table, day)
