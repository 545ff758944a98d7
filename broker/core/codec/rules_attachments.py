"""What a message has to say of a file beside it, beyond its schema.

Whether the file is what is said of it, is found out when it is fetched.
"""

from collections.abc import Iterator

from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.names import is_plain_name
from broker.core.codec.problems import child, shown
from broker.core.codec.walk import Part
from broker.core.errors import DocumentProblem


def attachment(part: Part) -> Iterator[DocumentProblem]:
    """Yields what is wrong with an attachment: a path for a name, or no such size."""
    for name, expected, fits in (
        (
            "name",
            "the name of a file alone, such as frame.jpg, without a folder",
            is_plain_name,
        ),
        ("size", f"1 to {ATTACHMENT_LIMITS.file_max_size} bytes", _is_size),
    ):
        value = part.fields.get(name)
        if isinstance(value, str) and not fits(value):
            place = child(part.path, name)
            yield DocumentProblem(place, shown(value), f"expected {expected}")


def _is_size(text: str) -> bool:
    return text.isdecimal() and 0 < int(text) <= ATTACHMENT_LIMITS.file_max_size
