"""Claims about `broker.infra.import_store`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.contact_records import ImportedOffice
from broker.infra.node_store import NodeStore
from keys.directory.model import OfficeRole
from keys.identity import PartyId
from tests.world import BEL, KEN, NOW_MS

FULL = ImportedOffice(
    country=KEN,
    name="Büro",
    role=OfficeRole.CUSTOMS,
    emails=("a@b.cd", "e@f.gh"),
    telephones=("+254 20 0000000",),
    languages=("en",),
    tasks=("holds",),
    round_the_clock=True,
    line=2,
)
BARE = ImportedOffice(country=KEN, name="Bureau")
ABROAD = ImportedOffice(country=BEL, name="Register")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    store = NodeStore(tmp_path / "node.db")
    yield store
    store.close()


def said(store: NodeStore, country: PartyId) -> dict[str, list[ImportedOffice]]:
    return {
        listed.source: offices for listed, offices in store.imported_offices(country)
    }


def test_what_was_imported_reads_back(store: NodeStore) -> None:
    assert store.replace_import("list", "2026-09", [FULL, ABROAD, BARE], NOW_MS) == 0
    assert said(store, KEN) == {"list": [FULL, BARE]}
    assert said(store, BEL) == {"list": [ABROAD]}
    (listed,) = store.imports()
    assert (listed.source, listed.dated, listed.imported_ms) == (
        "list",
        "2026-09",
        NOW_MS,
    )
    assert (listed.offices, listed.countries) == (3, 2)
    assert store.imported_countries() == {BEL: 1, KEN: 2}


def test_a_newer_list_takes_the_place_of_the_same_source_only(
    store: NodeStore,
) -> None:
    store.replace_import("one", "", [FULL, BARE], NOW_MS)
    store.replace_import("two", "", [ABROAD], NOW_MS)
    assert store.replace_import("one", "2026", [BARE], NOW_MS + 1) == 2
    assert said(store, KEN) == {"one": [BARE]}
    assert [one.source for one in store.imports()] == ["one", "two"]


def test_a_list_that_is_forgotten_leaves_nothing(store: NodeStore) -> None:
    store.replace_import("one", "", [FULL], NOW_MS)
    assert store.remove_import("one")
    assert not store.remove_import("one")
    assert said(store, KEN) == {}
    assert store.imported_countries() == {}


def test_a_list_of_nothing_is_a_list(store: NodeStore) -> None:
    store.replace_import("empty", "", [], NOW_MS)
    (listed,) = store.imports()
    assert (listed.offices, listed.countries) == (0, 0)
