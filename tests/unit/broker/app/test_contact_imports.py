"""Claims about `broker.app.contact_imports`: files of lists, drafts made of them."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from broker.app.contact_imports import checked_source, drafted, read_contact_list
from broker.app.node_folder import Node
from broker.core.codec.contacts import parse_contacts, render_contacts
from broker.core.contact_records import ImportedOffice
from broker.core.errors import ConfigurationError, DocumentError
from broker.infra.node_store import NodeStore
from keys.directory.model import OfficeRole
from tests.world import KEN, NOW_MS

EXAMPLE = Path(__file__).parents[4] / "examples" / "contacts" / "authorities.csv"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    store = NodeStore(tmp_path / "node.db")
    yield cast("Node", SimpleNamespace(store=store, party=KEN))
    store.close()


def problem(path: Path) -> str:
    with pytest.raises(DocumentError) as refused:
        read_contact_list(path)
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_list_is_read_with_and_without_a_byte_order_mark(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Country,Name\nKenya,Büro\n", encoding=encoding)
    assert read_contact_list(path).offices[0].name == "Büro"


def test_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("Country,Name\nKenya,Büro\n".encode("latin-1"))
    assert "line 2" in problem(path)


def test_a_file_of_unlikely_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"x" * ((8 << 20) + 1))
    assert "8 MiB" in problem(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "nowhere.csv" in problem(tmp_path / "nowhere.csv")


def test_the_example_is_sound() -> None:
    found = read_contact_list(EXAMPLE)
    assert [*found.refused, *found.remarks] == []
    assert found.unknown == ()
    assert found.people == ("Contact person",)
    assert {office.country for office in found.offices} == {"KEN", "TZA", "UGA", "BEL"}


def test_a_source_is_named_on_one_line() -> None:
    assert checked_source("  Directory \n 2026 ") == "Directory 2026"
    for bad in ("", "  ", "x" * 201, "a\x1b[2J"):
        with pytest.raises(ConfigurationError):
            checked_source(bad)


def test_a_draft_is_a_contacts_file(node: Node) -> None:
    offices = read_contact_list(EXAMPLE).offices
    node.store.replace_import("list", "", offices, NOW_MS)
    contacts, left = drafted(node, KEN)
    assert left == ()
    assert contacts.point_of_contact.office == "Central Firearms Bureau"
    assert [office.role for office in contacts.offices] == [
        OfficeRole.TRACING_AUTHORITY,
        OfficeRole.LICENSING,
    ]
    assert parse_contacts(render_contacts(contacts)) == contacts


def test_a_draft_says_what_it_could_not_take_over(node: Node) -> None:
    offices = [
        ImportedOffice(country=KEN, name="Silent"),
        ImportedOffice(country=KEN, name="Guess", emails=("a@b.cd", "e@f.gh")),
        ImportedOffice(
            country=KEN,
            name="Desk",
            role=OfficeRole.DUTY_DESK,
            emails=("a@b.cd",),
            round_the_clock=True,
        ),
        ImportedOffice(
            country=KEN,
            name="Body",
            role=OfficeRole.COORDINATION,
            telephones=("+254 20 0000000",),
            round_the_clock=True,
        ),
    ]
    node.store.replace_import("list", "", offices, NOW_MS)
    contacts, left = drafted(node, KEN)
    assert left == (
        "Silent: neither address nor number",
        "Guess: its role is a guess",
        "Guess: also e@f.gh",
        "Desk: nobody can be called there at every hour",
    )
    assert contacts.point_of_contact.office == "Body"
    assert [office.round_the_clock for office in contacts.offices] == [
        False,
        False,
        True,
    ]
    assert parse_contacts(render_contacts(contacts)) == contacts


def test_there_is_no_draft_of_nothing(node: Node) -> None:
    node.store.replace_import("l", "", [ImportedOffice(country=KEN, name="X")], NOW_MS)
    with pytest.raises(ConfigurationError, match="no imported list"):
        drafted(node, KEN)
