"""An alert with the corrections of its issuer put in.

Whose corrections count is left to `adapters.customs.drawing`.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Final

_STEP: Final = re.compile(r"[^.\[\]]+")
_DIGITS_MAX: Final = 4  # of a place in a list
_STEPS_MAX: Final = 16


def amended(
    document: Mapping[str, object], corrections: Iterable[Mapping[str, object]]
) -> dict[str, object]:
    """Returns a copy of a content with texts replaced; the last correction stands.

    Args:
        document: The content, which is left as it is.
        corrections: Each with its field, such as "consignment.legs[0].imo", and what
            it `is`; nothing: the text goes. A field that is not there, or is no text,
            stays as it is: an update that names it says it in words for people.
    """
    found = copy.deepcopy(dict(document))
    for one in corrections:
        steps = _STEP.findall(str(one.get("field", "")))
        if steps and len(steps) <= _STEPS_MAX:
            _put(found, steps, str(one.get("is", "")))
    return found


def _put(document: dict[str, object], steps: list[str], value: str) -> None:
    holder: object = document
    for step in steps[:-1]:
        holder = _child(holder, step)
    last = steps[-1]
    if not isinstance(_child(holder, last), str):
        return
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list):
        holder[int(last)] = value


def _child(holder: object, step: str) -> object:
    if isinstance(holder, dict):
        return holder.get(step)
    if isinstance(holder, list) and step.isascii() and step.isdecimal():
        at = int(step) if len(step) <= _DIGITS_MAX else len(holder)
        return holder[at] if at < len(holder) else None
    return None
