"""What a vector looks like: one JSON object with a closed vocabulary.

What stands in them is left to the siblings.
"""

import base64
from typing import Final

from tests.world import BEL, KEN, NOW_MS

ACCEPT: Final = "accept"

Vector = dict[str, object]


def text(data: bytes) -> str:
    """Returns bytes as a vector holds them."""
    return base64.b64encode(data).decode()


def at_hub(
    expect: str, description: str, data: bytes, connection: str = KEN, **more: object
) -> Vector:
    """A submission, judged by the hub."""
    return {
        "description": description,
        "expect": expect,
        "at": "hub",
        "now_ms": NOW_MS,
        "connection": connection,
        "submission": text(data),
        **more,
    }


def at_recipient(expect: str, description: str, delivery: bytes) -> Vector:
    """A delivery, judged by the node of BEL."""
    return {
        "description": description,
        "expect": expect,
        "at": "recipient",
        "now_ms": NOW_MS,
        "recipient": BEL,
        "delivery": text(delivery),
    }


def at_document(expect: str, description: str, kind: str, body: bytes) -> Vector:
    """A content, judged by whoever opened it."""
    return {
        "description": description,
        "expect": expect,
        "at": "document",
        "kind": kind,
        "body": text(body),
    }
