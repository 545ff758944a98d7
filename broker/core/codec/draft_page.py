"""An empty document of any kind, as a file that people fill in.

What the fields must be is read from the schema of the kind; reading a file that was
filled in is left to `broker.core.codec.draft`.
"""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from broker.core.codec.kinds import CONTENT_KINDS
from broker.core.codec.schema import json_schema
from broker.core.errors import ConfigurationError
from broker.core.onward import ONWARD_KIND

_WIDTH: Final = 88
_DEPTH_MAX: Final = 5  # mappings inside one another that are written out
_SAID: Final = "#: "
"""How lines begin that explain; optional fields begin with "# "."""
_HEAD: Final = """\
#: A draft of {kind}.
#: Fill in what is not commented out; take away "# " in front of what you have to say
#: besides, and of what it stands in; leave out the rest. Lines with "#:" explain.
#: Send it with: rogatory send FILE
kind: {kind}
#: How it may be handled: TLP:CLEAR to TLP:RED, as 'TLP:AMBER'; and Europol's codes.
handling:
#: Recipients: codes of parties, such as [BEL, MEX].
to: []
#: Pseudonymous reference of the case: letters and digits, no names.
# caseReference:
#: How long it may be delivered: 36h, 30d.
# expiresIn:
content:
"""


def draft_page(kind: str) -> str:
    """Returns a commented YAML file of a kind, to be filled in.

    Args:
        kind: With or without version: "trace-request".

    Raises:
        ConfigurationError: There is no such kind of document.
    """
    full = kind if "/" in kind else f"{kind}/1"
    if full == ONWARD_KIND:
        raise ConfigurationError("what others sent is passed on by: rogatory forward")
    if full not in CONTENT_KINDS:
        names = ", ".join(one.partition("/")[0] for one in CONTENT_KINDS)
        raise ConfigurationError(f"{kind!r} is no kind of document; there are: {names}")
    schema: Mapping[str, Any] = json_schema(full)
    root = _name(schema)
    body = _mapping(schema["$defs"], root, 1, (root,), optional=False)
    return _HEAD.format(kind=full) + "".join(f"{line}\n" for line in body)


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _mapping(
    messages: Mapping[str, Any],
    name: str,
    level: int,
    path: tuple[str, ...],
    *,
    optional: bool,
) -> Iterator[str]:
    """Yields the lines of one mapping.

    Args:
        messages: The schemas of all messages, by name.
        name: Of the message.
        level: How deep it stands; two signs each.
        path: The messages that it stands in.
        optional: Whether all of it is commented out.
    """
    message = messages[name]
    required = set(message.get("required", ()))
    for note in _together(message):
        yield from _said(level, note)
    for key, field in message["properties"].items():
        needed = key in required
        many = field.get("type") == "array"
        one = field["items"] if many else field
        inner = _name(one) if "$ref" in one else ""
        written_out = inner and inner not in path and len(path) < _DEPTH_MAX
        what = "" if written_out else _what(one)
        yield from _said(level, _about(what, many=many, needed=needed))
        mark = "" if needed and not optional else "# "
        place = f"{mark}{'  ' * level}{key}:"
        yield f"{place} []" if many and not inner else place
        if written_out:
            if many:
                yield f"{mark}{'  ' * (level + 1)}-"
            yield from _mapping(
                messages,
                inner,
                level + 1 + many,
                (*path, inner),
                optional=bool(mark),
            )


def _what(one: Mapping[str, Any]) -> str:
    if "enum" in one:
        return f"one of {', '.join(map(str, one['enum']))}"
    return str(one.get("title", ""))


def _about(what: str, *, many: bool, needed: bool) -> str:
    words = ("needed" if needed else "if known", "a list" * many, what)
    return "; ".join(word for word in words if word)


def _together(message: Mapping[str, Any]) -> Iterator[str]:
    """Yields what a message demands of several fields together."""
    for group in message.get("allOf", ()):
        (word, branches), *_ = group.items()
        names = [one["required"][0] for one in branches if "required" in one]
        count = "at least one of" if word == "anyOf" else "exactly one of"
        if word == "oneOf" and len(names) < len(branches):
            count = "at most one of"
        yield f"{count} {', '.join(names)}"


def _said(level: int, text: str) -> Iterator[str]:
    lead = _SAID + "  " * level
    yield from textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=lead,
        subsequent_indent=f"{lead}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
