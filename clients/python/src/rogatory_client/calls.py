"""Every call as a value: what is asked, and how often it may be asked again.

Carrying it is left to `client` and `asynchronous`, which therefore differ in nothing
but how they wait.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    Attributes:
        method: Of HTTP.
        path: Below the node's address.
        params: What stands behind the question mark; what is None is left out.
        headers: Besides those of every request.
        json: The body, as JSON; None for none.
        content: The body, as bytes; None for none.
        again: Whether it has the same effect when it is asked twice.
    """

    method: str
    path: str
    params: Mapping[str, str | int | bool] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    again: bool = True


def get(path: str, **params: str | int | bool | None) -> Call:
    """Returns a call that reads."""
    given = {name: value for name, value in params.items() if value is not None}
    return Call(method="GET", path=path, params=given)


def delete(path: str) -> Call:
    """Returns a call that takes something away."""
    return Call(method="DELETE", path=path)


def post(path: str, body: Mapping[str, object], *, again: bool = False) -> Call:
    """Returns a call that does something.

    Args:
        path: Where.
        body: What is said, as JSON.
        again: Whether it has the same effect when it is asked twice.
    """
    return Call(method="POST", path=path, json=dict(body), again=again)


def submission(document: Mapping[str, object], key: str | None) -> Call:
    """Returns the submission of a document, which can be repeated.

    Args:
        document: As a file has it, with what the interface takes besides.
        key: What tells a repetition; None for a new one.
    """
    return Call(
        method="POST",
        path="/v1/messages",
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
        json=dict(document),
    )


def upload(data: bytes, name: str, media_type: str, caption: str, shows: str) -> Call:
    """Returns the upload of a file that a document will name."""
    params = {"name": name, "caption": caption, "shows": shows}
    return Call(
        method="POST",
        path="/v1/attachments",
        params={one: value for one, value in params.items() if value},
        headers={"Content-Type": media_type},
        content=data,
    )


def message(name: str, *parts: str | int) -> str:
    """Returns the path of a message, or of something of it."""
    return "/".join(("/v1/messages", _part(name), *(_part(str(one)) for one in parts)))


def below(path: str, *parts: str | int) -> str:
    """Returns a path below another."""
    return "/".join((path, *(_part(str(one)) for one in parts)))


def _part(text: str) -> str:
    # Nothing in a name leads to another path.
    return quote(text, safe="")
