"""The settings that the pages show are settings that the adapters take."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import AdapterKind
from adapters.declarations.adapter import KIND as DECLARATIONS
from adapters.geojson.adapter import KIND as GEOJSON
from adapters.misp.adapter import KIND as MISP
from adapters.stix.adapter import KIND as TAXII
from broker.app.adapters.configuration import read_ceiling

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {
    "declarations.md": DECLARATIONS,
    "stix.md": TAXII,
    "misp.md": MISP,
    "geojson.md": GEOJSON,
}
_BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def tables(page: str) -> Iterator[dict[str, Any]]:
    for block in _BLOCK.findall((DOCS / page).read_text()):
        yield from tomllib.loads(block).values()


@pytest.mark.parametrize(("page", "kind"), PAGES.items())
def test_what_a_page_shows_is_taken(page: str, kind: AdapterKind[Any]) -> None:
    shown = list(tables(page))
    assert shown
    for table in shown:
        assert table["kind"] == kind.name
        read_ceiling(table["ceiling"])
        kind.settings.model_validate(table["settings"])


@pytest.mark.parametrize(("page", "kind"), PAGES.items())
def test_every_setting_is_on_its_page(page: str, kind: AdapterKind[Any]) -> None:
    text = (DOCS / page).read_text()
    missing = [name for name in kind.settings.model_fields if name not in text]
    assert missing == []
