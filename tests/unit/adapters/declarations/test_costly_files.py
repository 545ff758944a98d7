"""Files that are cheap to send and dear to read are refused before they cost much."""

import json

import pytest
from pydantic import ValidationError

from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import Limits
from adapters.declarations.reading import read
from adapters.declarations.wco_model import ToldDeclaration
from tests.declaration_world import token


def _refused(data: bytes, limits: Limits) -> str:
    with pytest.raises(UnreadableError) as error:
        read(data, token, limits)
    return error.value.code


def _declared(*items: object) -> dict[str, object]:
    return {
        "ID": "1",
        "TypeCode": "IM",
        "GoodsShipment": {
            "Consignment": {},
            "GovernmentAgencyGoodsItem": list(items),
        },
    }


def test_a_million_wrong_items_are_not_a_million_reports() -> None:
    with pytest.raises(ValidationError) as error:
        ToldDeclaration.model_validate(_declared(*[{}] * 1000))
    assert error.value.error_count() < 5


def test_an_object_with_more_names_than_there_are_is_refused_unread() -> None:
    names = {f"N{number}": 0 for number in range(100)}
    data = json.dumps({"Declaration": _declared(names)}).encode()
    assert _refused(data, Limits()) == "not-well-formed"


def test_values_of_json_are_bounded_whatever_they_are() -> None:
    limits = Limits(tags_max=100)
    for value in ("[]", '""', "0"):
        data = '{"Declaration": [' + ",".join([value] * 300) + "]}"
        assert _refused(data.encode(), limits) == "too-large"


def test_attributes_are_bounded_more_closely_than_tags() -> None:
    limits = Limits(tags_max=100)
    data = b"<Awmds>" + b'<a b=""/>' * 30 + b"</Awmds>"
    assert _refused(data, limits) == "too-large"
