"""The proof of a broken promise between value and bytes: all but the log's leaves.

Those follow it in the file, raw, since there may be millions: see `broker.app`.
"""

import base64
import binascii
import json
from typing import Any, Final

from broker.core.audit.checkpoint import MAX_SIZE
from broker.core.audit.promise import (
    DirectoryFiles,
    Later,
    LaterReceipt,
    LaterSnapshot,
    PromiseProof,
)
from broker.core.errors import ProofError

MAX_HEAD: Final = 16 << 20  # bytes
_MAX_VERSION: Final = (1 << 63) - 1


def encode_promise(shown: PromiseProof) -> bytes:
    """Returns the bytes of a proof without leaves: one line of JSON in its one form."""
    return _text(_fields(shown))


def decode_promise(data: bytes) -> PromiseProof:
    """Reads a proof without leaves; nothing of it is verified.

    Raises:
        ProofError: Not such a proof, or not in its one form.
    """
    if len(data) > MAX_HEAD:
        raise ProofError(f"a proof with a head of more than {MAX_HEAD} bytes")
    try:
        fields = json.loads(data)
        directory = fields["directory"]
        shown = PromiseProof(
            receipt=_bytes(fields["receipt"]),
            proof=_bytes(fields["proof"]),
            checkpoint=_string(fields["checkpoint"]),
            later=_later(fields["later"]),
            directory=DirectoryFiles(
                version=_number(directory["version"], _MAX_VERSION),
                files={
                    _string(path): _bytes(content)
                    for path, content in directory["files"].items()
                },
            ),
        )
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        binascii.Error,
    ) as error:
        raise ProofError("the proof of a broken promise cannot be read") from error
    # One proof, one text: what is not understood is not passed over.
    if encode_promise(shown) != data:
        raise ProofError("the proof of a broken promise is not in its one form")
    return shown


def _fields(shown: PromiseProof) -> dict[str, Any]:
    return {
        "receipt": _base64(shown.receipt),
        "proof": _base64(shown.proof),
        "checkpoint": shown.checkpoint,
        "later": _later_fields(shown.later),
        "directory": {
            "version": shown.directory.version,
            "files": {
                path: _base64(data) for path, data in shown.directory.files.items()
            },
        },
    }


def _later_fields(later: Later | None) -> dict[str, Any] | None:
    match later:
        case None:
            return None
        case LaterReceipt(receipt=receipt, proof=proof, index=index):
            return {
                "receipt": _base64(receipt),
                "proof": _base64(proof),
                "index": index,
            }
        case LaterSnapshot(statement=statement, index=index):
            return {"snapshot": _base64(statement), "index": index}


def _later(fields: object) -> Later | None:
    match fields:
        case None:
            return None
        case {"receipt": receipt, "proof": proof, "index": index}:
            return LaterReceipt(
                receipt=_bytes(receipt),
                proof=_bytes(proof),
                index=_number(index, MAX_SIZE),
            )
        case {"snapshot": statement, "index": index}:
            return LaterSnapshot(
                statement=_bytes(statement), index=_number(index, MAX_SIZE)
            )
        case _:
            raise ValueError("no entry that is later")


def _text(fields: dict[str, Any]) -> bytes:
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: object) -> bytes:
    return base64.b64decode(_string(text), validate=True)


def _string(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError("no text")
    return text


def _number(value: object, largest: int) -> int:
    if type(value) is not int or not 0 <= value <= largest:
        raise ValueError("no such number")
    return value
