"""`pkcs11:` URIs: read strictly, written in one way."""

import pytest
from hypothesis import given, strategies as st

from keys.errors import TokenUriError
from keys.token_uri import KeyClass, TokenUri, parse_stored

_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" "),
    min_size=1,
    max_size=40,
)
_NAME = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
_URIS = st.builds(
    TokenUri,
    token=_TEXT,
    serial=st.none() | _TEXT,
    manufacturer=st.none() | _TEXT,
    model=st.none() | _TEXT,
    object=st.none() | _TEXT,
    id=st.none() | st.binary(min_size=1, max_size=20),
    type=st.none() | st.sampled_from(KeyClass),
    module_name=st.none() | _NAME,
    module_path=st.none() | _TEXT.map(lambda text: f"/{text}"),
)


@given(_URIS)
def test_what_is_written_is_read_again(uri: TokenUri) -> None:
    assert TokenUri.parse(str(uri)) == uri
    assert parse_stored(str(uri.for_files)) == uri.for_files


def test_the_uri_that_a_tool_prints_is_read() -> None:
    uri = TokenUri.parse(
        "pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;"
        "serial=ee7b88dea02fae15;token=Kenya%3B%20root;"
        "id=%01%ff;object=steward+(1);type=private?module-name=softhsm2"
    )
    assert uri == TokenUri(
        model="SoftHSM v2",
        manufacturer="SoftHSM project",
        serial="ee7b88dea02fae15",
        token="Kenya; root",
        id=b"\x01\xff",
        object="steward+(1)",
        type=KeyClass.SIGNING,
        module_name="softhsm2",
    )
    assert uri.of_token == TokenUri(
        model="SoftHSM v2",
        manufacturer="SoftHSM project",
        serial="ee7b88dea02fae15",
        token="Kenya; root",
        module_name="softhsm2",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "named by a URI"),
        ("KEN", "named by a URI"),
        ("PKCS11:token=KEN", "named by a URI"),
        ("pkcs11:token=" + "K" * 5000, "named by a URI"),
        ("pkcs11:token=" + "K" * 300, "too long"),
        ("pkcs11:", "neither token= nor serial="),
        ("pkcs11:object=x", "neither token= nor serial="),
        ("pkcs11:token=KEN?", None),
        ("pkcs11:token=KEN;token=KEN", "says token twice"),
        ("pkcs11:token=KEN;", "with ''"),
        ("pkcs11:token", "token is empty"),
        ("pkcs11:token=", "token is empty"),
        ("pkcs11:token=K%4", "not percent-encoded"),
        ("pkcs11:token=K%GG", "not percent-encoded"),
        ("pkcs11:token=K N", "not percent-encoded"),
        ("pkcs11:token=Ké", "not percent-encoded"),
        ("pkcs11:token=K/N", "not percent-encoded"),
        ("pkcs11:token=%FF", "not printable text"),
        ("pkcs11:token=%1B%5B31m", "not printable text"),
        ("pkcs11:token=K;colour=red", "with 'colour': known are token"),
        ("pkcs11:token=K;slot-id=3", "slots change"),
        ("pkcs11:token=K;type=cert", "private or secret-key"),
        ("pkcs11:token=K?pin-value=1234", "ends in histories and logs"),
        ("pkcs11:token=K;pin-value=1234", "ends in histories and logs"),
        ("pkcs11:token=K?pin-source=file:/pin", "own option"),
        ("pkcs11:token=K?object=x", "with 'object'"),
        ("pkcs11:token=K?module-path=evil.so", "not absolute"),
        ("pkcs11:token=K?module-name=../evil", "not a plain name"),
        ("pkcs11:token=K?module-name=a&module-name=b", "says module-name twice"),
    ],
)
def test_what_is_no_such_uri_is_refused_with_the_reason(
    text: str, why: str | None
) -> None:
    if why is None:
        assert TokenUri.parse(text) == TokenUri(token="KEN")
        return
    with pytest.raises(TokenUriError, match=why):
        TokenUri.parse(text)


def test_no_pin_is_repeated_when_it_is_refused() -> None:
    with pytest.raises(TokenUriError) as refusal:
        TokenUri.parse("pkcs11:token=K?pin-value=271828")
    assert "271828" not in str(refusal.value)


def test_a_file_cannot_choose_which_code_is_loaded() -> None:
    with pytest.raises(TokenUriError, match="which library"):
        parse_stored("pkcs11:token=K?module-path=/tmp/evil.so")


@pytest.mark.parametrize(
    "text",
    [
        "pkcs11:object=x;token=K",
        "pkcs11:token=K;id=%ff",
        "pkcs11:token=%4B",
        "pkcs11:token=K?",
    ],
)
def test_a_file_holds_the_one_written_form(text: str) -> None:
    TokenUri.parse(text)
    with pytest.raises(TokenUriError, match="one written form"):
        parse_stored(text)
