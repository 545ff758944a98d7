"""The one form that both a watch-list and a declaration are brought into.

What is compared with what is left to the callers.
"""

import hmac
import re
import unicodedata
from typing import Final

from broker.core.identification.ranges import Series, parts_of, series_of
from broker.core.identification.weapon import SerialSpan

_NOT_DIGIT: Final = re.compile(r"[^0-9]")
_NOT_ALPHANUMERIC: Final = re.compile(r"[^A-Z0-9]")
_CONTAINER: Final = re.compile(r"[A-Z]{4}[0-9]{7}")
_LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_IMO: Final = re.compile(r"[0-9]{7}")
_HS: Final = range(4, 13)  # digits: a heading, up to a national tariff line
_PARTY_LABEL: Final = b"rogatory/customs-party/1\0"
_PARTY_TOKEN_SIZE: Final = 16  # bytes
_NEAREST: Final = 3  # signs: whatever is shorter names too many
_LEGAL_FORMS: Final = frozenset(
    (
        *("AB", "AG", "AS", "BV", "CO", "CV", "FZCO", "FZE", "GMBH", "INC", "KG"),
        *("LDA", "LIMITED", "LLC", "LLP", "LTD", "LTDA", "NV", "OOO", "OU", "OY"),
        *("PLC", "PTE", "PTY", "SA", "SAL", "SARL", "SAS", "SL", "SPA", "SPRL"),
        *("SRL", "SRO"),
    )
)
SERIES_MAX: Final = 10_000_000
"""Pieces: a longer series was misread, and would meet everything."""


def goods_term(text: str) -> str:
    """Returns the digits of an HS code, or nothing: "9302.00" is "930200"."""
    digits = _NOT_DIGIT.sub("", text)
    return digits if len(digits) in _HS else ""


def place_term(text: str) -> str:
    """Returns a UN/LOCODE, or nothing: "be anr" is "BEANR"."""
    return _matching(_LOCODE, text)


def container_term(text: str) -> str:
    """Returns a container number, or nothing: "CSQU 305438-3" is "CSQU3054383"."""
    return _matching(_CONTAINER, text)


def vessel_term(text: str) -> str:
    """Returns the digits of an IMO ship number, or nothing: "IMO 9074729"."""
    return _matching(_IMO, text.upper().replace("IMO", ""))


def serial_term(raw: str, mask: str = "") -> Series | None:
    """Returns a serial number as a series of one, or None: without count, or in doubt.

    Args:
        raw: As read.
        mask: Place by place with alternatives in brackets; may be empty.
    """
    parts = parts_of(raw, mask)
    if parts is None:
        return None
    head, count, foot = parts
    return Series(head=head, first=count, last=count, foot=foot)


def series_term(first: str, last: str) -> Series | None:
    """Returns a series of serial numbers.

    Returns:
        None when its ends do not fit together, or it is longer than `SERIES_MAX`.
    """
    series = series_of(SerialSpan(first=first, last=last))
    return None if series is None or series.count > SERIES_MAX else series


def party_term(key: bytes, text: str) -> str:
    """Returns the keyed token of a name or number, or nothing where that is too short.

    Two spellings meet when they differ in case, accents, punctuation, the order of
    words or the legal form. Whoever has not the key learns no name from it, and cannot
    try names either; whoever has, can: names are few.

    Args:
        key: Of the customs service, 32 bytes or more.
        text: As written.

    Returns:
        32 hexadecimal digits.
    """
    signs = unicodedata.normalize("NFKD", text).casefold().upper()
    letters = "".join(one for one in signs if not unicodedata.combining(one))
    words = re.split(r"[\W_]+", letters.replace(".", "").replace("'", ""))
    kept = [one for one in words if one and one not in _LEGAL_FORMS]
    if sum(map(len, kept)) < _NEAREST:
        return ""
    name = " ".join(sorted(kept))
    digest = hmac.digest(key, _PARTY_LABEL + name.encode(), "sha256")
    return digest[:_PARTY_TOKEN_SIZE].hex()


def _matching(form: re.Pattern[str], text: str) -> str:
    compact = _NOT_ALPHANUMERIC.sub("", text.upper())
    return compact if form.fullmatch(compact) else ""
