"""Kinds of adapters are found where they are installed, whoever wrote them."""

import re
from pathlib import Path

import pytest

from broker.app.adapters.kinds import installed, load_kind, make_adapter
from broker.core.errors import ConfigurationError
from tests.adapter_world import AdapterWorld

PROJECT = Path(__file__).resolve().parents[5]
OURS = {
    "customs",
    "declarations",
    "folder",
    "geojson",
    "interpol",
    "misp",
    "taxii",
    "webhook",
}
THIRD_PARTY = """
from pydantic import BaseModel, ConfigDict, Field
from adapters.contract import AdapterDefaults, AdapterKind

class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    place: str
    tries: int = Field(default=3, ge=1)

class Lax(BaseModel):
    place: str

class Theirs(AdapterDefaults):
    def __init__(self, settings, desk):
        self.place = settings.place

GOOD = AdapterKind(name="theirs", title="theirs", settings=Strict, make=Theirs)
LAX = AdapterKind(name="lax", title="lax", settings=Lax, make=Theirs)
OTHER = AdapterKind(name="another", title="x", settings=Strict, make=Theirs)
"""


@pytest.fixture
def third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of somebody else's, as an installer leaves it behind."""
    (tmp_path / "third_party_adapter.py").write_text(THIRD_PARTY, encoding="utf-8")
    about = tmp_path / "third_party-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n", encoding="utf-8"
    )
    names = {
        "theirs": "third_party_adapter:GOOD",
        "lax": "third_party_adapter:LAX",
        "misnamed": "third_party_adapter:OTHER",
        "nothing": "third_party_adapter:Theirs",
        "broken": "third_party_adapter.not_there:KIND",
    }
    lines = "\n".join(f"{name} = {value}" for name, value in names.items())
    (about / "entry_points.txt").write_text(
        f"[rogatory.adapters]\n{lines}\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)


def test_every_kind_of_ours_is_installed_and_loads() -> None:
    assert set(installed()) >= OURS
    for name in OURS:
        assert load_kind(name).title


@pytest.mark.usefixtures("third_party")
def test_an_adapter_of_somebody_else_is_found_and_made(at_node: AdapterWorld) -> None:
    configured = at_node.configured(kind="theirs", settings={"place": "there"})
    adapter = make_adapter(configured, at_node.desk(configured))
    assert vars(adapter) == {"place": "there"}


@pytest.mark.usefixtures("third_party")
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("lax", "would take settings that nobody knows"),
        ("misnamed", "is no kind of adapter of the name misnamed"),
        ("nothing", "is no kind of adapter"),
        ("broken", "cannot be loaded"),
        ("missing", "no kind of adapter missing is installed"),
    ],
)
def test_a_kind_that_is_none_is_refused(kind: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_kind(kind)


@pytest.mark.usefixtures("third_party")
@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({}, "adapter.settings.place"),
        ({"place": "there", "pasword": "hunter2"}, "adapter.settings.pasword"),
        ({"place": "there", "tries": 0}, "adapter.settings.tries"),
        ({"place": ["hunter2"]}, "adapter.settings.place"),
    ],
)
def test_settings_that_do_not_hold_are_refused_by_place_and_without_value(
    at_node: AdapterWorld, settings: dict[str, object], place: str
) -> None:
    configured = at_node.configured(kind="theirs", settings=settings)
    with pytest.raises(ConfigurationError, match=place) as refused:
        make_adapter(configured, at_node.desk(configured))
    assert "hunter2" not in str(refused.value)


def test_nothing_of_the_node_imports_a_kind_of_adapter() -> None:
    shared = {path.stem for path in (PROJECT / "adapters").glob("*.py")}
    imported = re.compile(r"^\s*(?:from|import) adapters\.(\w+)", re.MULTILINE)
    found = {
        (path.name, name)
        for path in sorted((PROJECT / "broker").rglob("*.py"))
        for name in imported.findall(path.read_text(encoding="utf-8"))
        if name not in shared
    }
    assert found == set()
