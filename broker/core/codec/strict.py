"""Reading protobuf without tolerance: one message, one encoding.

What the fields mean is left to the other codecs.
"""

from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from broker.core.errors import Code, RefusedError

M = TypeVar("M", bound=Message)


def read_canonical(kind: type[M], data: bytes) -> M:
    """Reads one message that is encoded in the only way we write it.

    Fields in ascending order, each once, defaults left out, nothing unknown on any
    level: otherwise two parties could read different things in the same bytes.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    message = kind()
    try:
        message.ParseFromString(data)
    except DecodeError:
        raise RefusedError(Code.MALFORMED, kind.DESCRIPTOR.name) from None
    message.DiscardUnknownFields()
    if message.SerializeToString(deterministic=True) == data:
        return message
    if message.ByteSize() != kind.FromString(data).ByteSize():
        raise RefusedError(Code.UNKNOWN_FIELD, kind.DESCRIPTOR.name)
    raise RefusedError(Code.NOT_CANONICAL, kind.DESCRIPTOR.name)


def write_canonical(message: Message) -> bytes:
    """Returns the encoding that `read_canonical` accepts."""
    return message.SerializeToString(deterministic=True)
