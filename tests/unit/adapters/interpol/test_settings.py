"""What an operator sets: slips are told, and copies go where they should."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.interpol.settings import InterpolSettings
from tests.interpol_world import BRUSSELS, LYON, NAIROBI, written


def _settings(**changes: Any) -> InterpolSettings:  # noqa: ANN401 - any setting
    given = {**written(Path("/etc/register"), "https://register.example"), **changes}
    return InterpolSettings.model_validate(given)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://register.example"}, "url"),
        ({"key": "-----BEGIN PRIVATE KEY-----"}, "by reference"),
        ({"key": "env:KEY"}, "from a file"),
        ({"signing_key": "file:/etc/other.key"}, "go together"),
        ({"routing": {}}, "nothing is ever filed"),
        ({"routing": {"Kenya": {"ncb": NAIROBI}}}, "routing"),
        ({"routing": {"KEN": {"ncb": "nairobi"}}}, "ncb"),
        ({"wire": "telex"}, "wire"),
        ({"score_min": 0}, "score_min"),
    ],
)
def test_slips_are_told(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        _settings(**changes)


def test_whether_a_simulator_is_there_has_to_be_said() -> None:
    given = written(Path("/etc/register"), "https://register.example")
    del given["simulator"]
    with pytest.raises(ValidationError, match="simulator"):
        InterpolSettings.model_validate(given)


def test_copies_go_to_bureaus_concerned_once_and_never_to_ourselves() -> None:
    routing = {
        "KEN": {"ncb": NAIROBI, "copies": True},
        "BEL": {"ncb": BRUSSELS},
        "XPO": {"ncb": LYON, "copies": True},
    }
    made = _settings(routing=routing)
    assert made.copies("KEN", "KEN", "BEL", "XPO", "MEX", "") == (NAIROBI,)


def test_every_setting_says_what_it_is() -> None:
    fields = InterpolSettings.model_fields
    assert [name for name, field in fields.items() if not field.description] == []
