"""What is wrong in a document, place by place, in words an officer can act on.

It speaks JSON Schema, in which every value but lists and enumerations has a `title`,
and knows no kind; rules across fields are left to `broker.core.codec.rules`.
"""

import difflib
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from broker.core.codec.forms import PLAIN_TEXT
from broker.core.errors import DocumentProblem

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_SHOWN_LENGTH = 60  # characters of a value that a problem repeats
_SHOWN_CHOICES = 8  # names that a problem lists
_PROBLEMS_MAX = 100  # places that anybody is told of at once
_ENDLESS = "a number of thousands of digits"
_LEAVE_OUT = "; leave the field out when there is nothing to say"

NOTHING: Final = "nothing"
"""The value of a problem whose field is not there."""


class Form:
    """A JSON Schema that documents are held against, any number of times.

    It is made ready when the first one is: most commands hold none against any.

    Args:
        schema: As `jsonschema` takes it.
    """

    def __init__(self, schema: Mapping[str, object]) -> None:
        self._schema = schema

    @functools.cached_property
    def validator(self) -> "Validator":
        """The schema, made ready."""
        from broker.core.codec.strict_schema import (  # noqa: PLC0415 - slow to load, and rarely needed
            strict_validator,
        )

        return strict_validator(self._schema)


def schema_problems(form: Form, document: object) -> list[DocumentProblem]:
    """Finds the places in `document` that do not fit the schema.

    Not more than anybody corrects at once: a list of anything but what is meant would
    have each of its entries described otherwise, at length.
    """
    every = (
        problem
        for error in form.validator.iter_errors(cast("Any", document))
        for problem in _problems_of(error)
    )
    try:
        found = list(islice(every, _PROBLEMS_MAX + 1))
    except ValueError:
        # jsonschema prints what it finds, and Python prints no number that long.
        return [DocumentProblem("", _ENDLESS, "expected no number of that length")]
    if len(found) > _PROBLEMS_MAX:
        more = f"more than {_PROBLEMS_MAX} such places"
        found[_PROBLEMS_MAX:] = [DocumentProblem("", more, "expected none")]
    return found


def in_order(problems: Iterable[DocumentProblem]) -> list[DocumentProblem]:
    """Sorts problems by path and drops those that say the same again."""
    distinct = {(one.path, one.expected): one for one in problems}
    return sorted(
        distinct.values(), key=lambda one: (_sort_key(one.path), one.expected)
    )


def child(path: str, step: object) -> str:
    """Returns the path one step further: a name, or a position in a list."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else str(step)


def shown(value: object) -> str:
    """Returns a value as a problem repeats it: on one line, shortened."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    try:
        # ASCII only: a hostile value cannot steer the terminal that shows it.
        text = json.dumps(value, default=str)
    except ValueError:
        return _ENDLESS
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"


def one_of(choices: Sequence[str], value: object = None) -> str:
    """Says "one of A, B, C", shortened, with the choice nearest to `value`."""
    listed = ", ".join(choices[:_SHOWN_CHOICES])
    if len(choices) > _SHOWN_CHOICES:
        listed += f", … ({len(choices)} in all)"
    near = nearest(value, choices)
    return f"one of {listed}" + (f"; did you mean {near}?" if near else "")


def nearest(value: object, choices: Iterable[str]) -> str | None:
    """Returns the choice that `value` was probably meant to be."""
    if not isinstance(value, str) or not value:
        return None
    folded = {_folded(name): name for name in choices}
    # "PISTOL" is the usual slip for "FIREARM_TYPE_PISTOL".
    for key, name in folded.items():
        if name.endswith(f"_{value.upper()}") or key == _folded(value):
            return name
    close = difflib.get_close_matches(_folded(value), folded, n=1)
    return folded[close[0]] if close else None


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _sort_key(path: str) -> str:
    """Makes "items[2]" sort before "items[10]"."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(9), path)


def _problems_of(error: "ValidationError") -> Iterator[DocumentProblem]:
    path = ""
    for step in error.absolute_path:
        path = child(path, step)
    schema = cast("Mapping[str, Any]", error.schema)
    value = cast("Any", error.instance)
    match error.validator:
        case "additionalProperties":
            yield from _strangers(path, value, [*schema["properties"]])
        case "required":
            for name in schema["required"]:
                if name not in value:
                    yield DocumentProblem(
                        child(path, name),
                        NOTHING,
                        f"expected {_described(schema['properties'][name])}",
                    )
        case "oneOf" | "anyOf":
            # Of what is no mapping at all, "type" complains already.
            if isinstance(value, Mapping):
                yield _group_problem(path, value, schema)
        case "uniqueItems" | "maxItems":
            yield _list_problem(path, error)
        case "enum":
            expected = f"expected {one_of(schema['enum'], value)}"
            yield DocumentProblem(path, shown(value), expected)
        case _:
            expected = f"expected {_described(schema)}{_advice(error)}"
            yield DocumentProblem(path, shown(value), expected)


def _advice(error: "ValidationError") -> str:
    """Says what to do about the slips that are made most often."""
    if error.validator in {"minLength", "minItems"}:
        return _LEAVE_OUT
    of_plain_text = error.validator_value == PLAIN_TEXT["pattern"]
    if error.validator == "pattern" and of_plain_text:
        return " without control characters"
    wants_text = error.validator == "type" and error.validator_value == "string"
    if wants_text and isinstance(error.instance, int | float):
        # YAML reads 0017 as a number, and yes as true.
        return "; put it in quotes, so that it is kept as written"
    return ""


def _strangers(
    path: str, found: Mapping[object, object], known: Sequence[str]
) -> Iterator[DocumentProblem]:
    """Yields a problem for each field that nobody knows."""
    for name, value in found.items():
        if name not in known:
            near = nearest(name, known)
            advice = (
                f"; did you mean {near}?" if near else f"; known are {', '.join(known)}"
            )
            yield DocumentProblem(
                child(path, str(name)),
                shown(value),
                f"expected no field of this name{advice}",
            )


def _group_problem(
    path: str, found: Mapping[str, object], schema: Mapping[str, list[object]]
) -> DocumentProblem:
    """Says what is wrong with a group: "oneOf" or "anyOf" over required fields."""
    keyword = "anyOf" if "anyOf" in schema else "oneOf"
    names = [
        name
        for branch in schema[keyword]
        if isinstance(branch, Mapping)
        for name in branch.get("required", [])
    ]
    present = [name for name in names if name in found]
    if keyword == "anyOf":
        expected = f"expected at least one of {', '.join(names)}"
    else:
        only = "only " if present else ""
        expected = f"expected {only}one of {', '.join(names)}"
    return DocumentProblem(path, " and ".join(present) or "none of them", expected)


def _list_problem(path: str, error: "ValidationError") -> DocumentProblem:
    """Says what is wrong with the entries of a list together."""
    if error.validator == "maxItems":
        expected = f"expected at most {error.validator_value} entries"
    else:
        expected = "expected each entry only once"
    return DocumentProblem(path, "a list", expected)


def _described(schema: Mapping[str, object]) -> str:
    """Says in a few words what a schema asks for."""
    match schema:
        case {"enum": list(names)}:
            return one_of(names)
        case {"type": "array", "items": dict(items)}:
            return f"a list with at least one entry, each {_described(items)}"
        case _:
            return str(schema["title"])
