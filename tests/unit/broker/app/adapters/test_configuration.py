"""The configuration of adapters is read strictly, and as the page about it says."""

import re
from pathlib import Path

import pytest

from adapters.folder.settings import FolderSettings
from adapters.webhook.adapter import WebhookSettings
from broker.app.adapters.configuration import (
    Configured,
    configuration_file,
    configured,
    named,
)
from broker.app.adapters.kinds import make_adapter
from broker.core.adapting import above
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling, IntendedUse
from broker.core.handover import Taker
from tests.adapter_world import AdapterWorld

PAGE = Path(__file__).resolve().parents[5] / "docs" / "adapters.md"
BLOCKS = re.findall(
    r"^```toml\n(\[(?:customs|registry)\].*?)^```$",
    PAGE.read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


def read(world: AdapterWorld, text: str) -> dict[str, Configured]:
    configuration_file(world.node).write_text(text, encoding="utf-8")
    return dict(configured(world.node))


def test_what_the_page_shows_is_taken(at_node: AdapterWorld) -> None:
    found = read(at_node, "\n".join(BLOCKS))
    assert found["customs"].taker == Taker(
        desk="customs", agency="Customs", use=IntendedUse.TRANSFER_CONTROL
    )
    assert found["registry"].taker == Taker(desk="registry", agency="registry")
    for one in found.values():
        assert make_adapter(one, at_node.desk(one)) is not None
    text = PAGE.read_text(encoding="utf-8")
    for model in (FolderSettings, WebhookSettings):
        assert [name for name in model.model_fields if name not in text] == []


def test_a_node_without_the_file_has_no_adapter(at_node: AdapterWorld) -> None:
    assert configured(at_node.node) == {}
    with pytest.raises(ConfigurationError, match="there are: none"):
        named(at_node.node, "customs")


@pytest.mark.parametrize(
    "name", ["../up", "a/b", ".hidden", "A", "a" * 41, "a b", "1a", ""]
)
def test_a_name_that_could_leave_its_folder_is_refused(
    at_node: AdapterWorld, name: str
) -> None:
    text = f'["{name}"]\nkind = "folder"\nceiling = "TLP:RED"\n'
    with pytest.raises(ConfigurationError, match="no name of an adapter"):
        read(at_node, text)


@pytest.mark.parametrize(
    ("ceiling", "handling", "stricter"),
    [
        ("TLP:AMBER", "TLP:AMBER", ""),
        ("TLP:AMBER", "TLP:CLEAR H0", ""),
        ("TLP:AMBER", "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"),
        ("TLP:RED", "TLP:CLEAR H1 H3", "H1 H3"),
        ("TLP:RED H1 H2", "TLP:RED H2", ""),
        ("TLP:RED", "TLP:CLEAR PAP:CLEAR", "PAP:CLEAR"),
        ("TLP:RED PAP:GREEN", "TLP:RED PAP:GREEN", ""),
        ("TLP:RED PAP:GREEN", "TLP:RED PAP:AMBER", "PAP:AMBER"),
    ],
)
def test_a_ceiling_covers_what_it_names_and_nothing_else(
    at_node: AdapterWorld, ceiling: str, handling: str, stricter: str
) -> None:
    text = f'[a]\nkind = "folder"\nceiling = "{ceiling}"\n'
    one = read(at_node, text)["a"]
    assert above(one.ceiling, Handling.parse(handling)) == stricter


def test_a_ceiling_with_h0_is_refused(at_node: AdapterWorld) -> None:
    with pytest.raises(ConfigurationError, match="every ceiling covers it"):
        read(at_node, '[a]\nkind = "folder"\nceiling = "TLP:RED H0"\n')
