"""Identifiers and times of STIX objects: the same for the same delivery, always.

What the objects say is left to the other modules here.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Final

from keys.identity import PartyId

_OURS: Final = uuid.UUID("e0a8f9f3-9b7c-5c0e-8a4e-3d1d6a5f2c71")
"""Under which the objects of this adapter are named."""
_OBSERVABLES: Final = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""Under which STIX 2.1 names observables (section 2.9)."""


def object_id(type_: str, party: PartyId, digest: bytes, path: str) -> str:
    """Returns the id of an object that is made of a place in a message.

    A name of version 5, so that whoever gets the same message from us again, or
    another version of it, gets the same id. The exporting party is part of it: what
    another party makes of the same message is that party's object.

    Args:
        type_: Of the object: "report".
        party: Who exports it.
        digest: Of the message.
        path: Of the place, or a word for the whole.
    """
    return f"{type_}--{uuid.uuid5(_OURS, f'{party}|{digest.hex()}|{type_}|{path}')}"


def fixed_id(type_: str, name: str) -> str:
    """Returns the id of an object that belongs to no message, such as a party."""
    return f"{type_}--{uuid.uuid5(_OURS, f'{type_}|{name}')}"


def observable_id(type_: str, contributing: Mapping[str, object], other: str) -> str:
    """Returns the id of an observable: the same for everybody who saw the same.

    Args:
        type_: Of the object: "firearm".
        contributing: What identifies it (STIX 2.1, section 2.9).
        other: What tells it from others when nothing identifies it.
    """
    if not contributing:
        return f"{type_}--{uuid.uuid5(_OURS, f'{type_}|{other}')}"
    # RFC 8785, as far as it matters for texts, whole numbers and lists of them.
    told = json.dumps(
        contributing, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return f"{type_}--{uuid.uuid5(_OBSERVABLES, told)}"


def stix_time(ms: int) -> str:
    """Returns a time in ms since the epoch as STIX writes it, with milliseconds."""
    moment = dt.datetime.fromtimestamp(ms // 1000, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"
