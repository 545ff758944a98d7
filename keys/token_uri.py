"""Names of tokens and of the keys inside them: `pkcs11:` URIs (RFC 7512).

Finding what they name is left to `token_session` and `tokens`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final, Self
from urllib.parse import quote, unquote_to_bytes

from keys.errors import TokenUriError

_SCHEME: Final = "pkcs11:"
_MAX_SIZE: Final = 4096  # characters of a whole URI
_MAX_VALUE: Final = 255  # bytes of one decoded value; paths may be longer
_MAX_PATH: Final = 1024  # bytes

# RFC 7512, section 2.3: pk11-pchar and pk11-qchar without what needs encoding.
_PATH_VALUE: Final = re.compile(
    r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=&]|%[0-9A-Fa-f]{2})*"
)
_QUERY_VALUE: Final = re.compile(
    r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=/?|]|%[0-9A-Fa-f]{2})*"
)
_MODULE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_ADVICE: Final = {
    "pin-value": "a PIN in a URI ends in histories and logs: give a file, or type it",
    "pin-source": "name the file that holds the PIN with the command's own option",
    "slot-id": "slots change when tokens are plugged in: name the token or its serial",
}


class KeyClass(StrEnum):
    """What kind of object a URI names: the two that this program uses."""

    SIGNING = "private"
    WRAPPING = "secret-key"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUri:
    """A token, or a key inside it, as RFC 7512 writes them.

    Attributes:
        token: Label of the token.
        serial: Serial number of the token.
        manufacturer: Who made it.
        model: Which model it is.
        object: Label of the key.
        id: Identifier of the key, as the token holds it.
        type: What kind of key it is.
        module_name: Which library speaks to the token, by its short name.
        module_path: The same by its whole path. Names code that will be run: taken
            from people, never from files.
    """

    token: str | None = None
    serial: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    object: str | None = None
    id: bytes | None = None
    type: KeyClass | None = None
    module_name: str | None = None
    module_path: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a URI, strictly.

        Raises:
            TokenUriError: Not such a URI; an attribute that is unknown, named twice,
                empty or wrongly encoded; or neither a token nor a serial number.
        """
        if len(text) > _MAX_SIZE or not text.startswith(_SCHEME):
            raise TokenUriError(
                "a key in a token is named by a URI such as pkcs11:token=KEN, of at "
                f"most {_MAX_SIZE} characters"
            )
        path, mark, query = text.removeprefix(_SCHEME).partition("?")
        found = _pairs(path, ";", _PATH_VALUE, _IN_PATH)
        if mark:
            found |= _pairs(query, "&", _QUERY_VALUE, _IN_QUERY)
        uri = cls(
            token=_text(found, "token"),
            serial=_text(found, "serial"),
            manufacturer=_text(found, "manufacturer"),
            model=_text(found, "model"),
            object=_text(found, "object"),
            id=found.get("id"),
            type=_key_class(found),
            module_name=_text(found, "module-name"),
            module_path=_text(found, "module-path"),
        )
        _check(uri)
        return uri

    def __str__(self) -> str:
        path = ";".join(self._written(_IN_PATH, safe=""))
        query = "&".join(self._written(_IN_QUERY, safe="/"))
        return _SCHEME + path + (f"?{query}" if query else "")

    @property
    def of_token(self) -> "TokenUri":
        """The token alone, without any key."""
        return replace(self, object=None, id=None, type=None)

    @property
    def for_files(self) -> "TokenUri":
        """The same without a path to code: what may be written into a file."""
        return replace(self, module_path=None)

    def naming(
        self, *, label: str | None, key_id: bytes | None, kind: KeyClass
    ) -> "TokenUri":
        """Returns the URI of a key in this token."""
        return replace(self, object=label, id=key_id, type=kind)

    def _written(self, names: tuple[str, ...], safe: str) -> list[str]:
        return [
            f"{name}={_encoded(value, safe)}"
            for name in names
            if (value := getattr(self, name.replace("-", "_"))) is not None
        ]


_IN_PATH: Final = ("token", "serial", "manufacturer", "model", "object", "id", "type")
_IN_QUERY: Final = ("module-name", "module-path")


def parse_stored(text: str) -> TokenUri:
    """Reads the URI that a file holds.

    Raises:
        TokenUriError: Not a URI in the form in which it is written, or one that
            names code to run: whoever brings a file must not choose that.
    """
    uri = TokenUri.parse(text)
    if uri.module_path is not None:
        raise TokenUriError("a file must not say which library is loaded")
    if str(uri) != text:
        raise TokenUriError("a pkcs11: URI that is not in its one written form")
    return uri


def _pairs(
    part: str, separator: str, form: re.Pattern[str], known: tuple[str, ...]
) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for pair in part.split(separator) if part else ():
        name, mark, value = pair.partition("=")
        if name not in known:
            advice = _ADVICE.get(name, f"known are {', '.join(_IN_PATH + _IN_QUERY)}")
            raise TokenUriError(f"pkcs11: URI with {_shown(name)}: {advice}")
        if name in found:
            raise TokenUriError(f"pkcs11: URI that says {name} twice")
        if not mark or not value or not form.fullmatch(value):
            raise TokenUriError(
                f"pkcs11: URI whose {name} is empty, or not percent-encoded"
            )
        found[name] = unquote_to_bytes(value)
    return found


def _text(found: Mapping[str, bytes], name: str) -> str | None:
    value = found.get(name)
    if value is None:
        return None
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text or not text.isprintable():
        raise TokenUriError(f"pkcs11: URI whose {name} is not printable text")
    return text


def _key_class(found: Mapping[str, bytes]) -> KeyClass | None:
    text = _text(found, "type")
    if text is None:
        return None
    try:
        return KeyClass(text)
    except ValueError:
        raise TokenUriError(
            f"pkcs11: URI of type {_shown(text)}: a key is private or secret-key"
        ) from None


def _check(uri: TokenUri) -> None:
    if uri.token is None and uri.serial is None:
        raise TokenUriError("pkcs11: URI that says neither token= nor serial=")
    for field in fields(uri):
        value = getattr(uri, field.name)
        size = len(value.encode() if isinstance(value, str) else value or b"")
        if size > (_MAX_PATH if field.name == "module_path" else _MAX_VALUE):
            raise TokenUriError(f"pkcs11: URI whose {field.name} is too long")
    if uri.module_path is not None and not PurePosixPath(uri.module_path).is_absolute():
        raise TokenUriError("pkcs11: URI whose module-path is not absolute")
    # A name is looked up in folders of the system: it must not lead out of them.
    if uri.module_name is not None and not _MODULE_NAME.fullmatch(uri.module_name):
        raise TokenUriError("pkcs11: URI whose module-name is not a plain name")


def _encoded(value: str | bytes, safe: str) -> str:
    if isinstance(value, str):
        return quote(value, safe=safe)
    return "".join(f"%{byte:02X}" for byte in value)


def _shown(name: str) -> str:
    return repr(name[:40])
