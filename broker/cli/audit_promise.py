"""`rogatory audit promise`: checks a file that shows a broken promise of the hub.

What such a file has to hold is decided in the core; this prints the outcome.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.promise_files import CheckedFile, check_promise_file
from broker.cli.audit_fields import receipt_fields
from broker.cli.options import JsonOption
from broker.cli.output import print_json, say_item
from broker.core.broken_promises import ShownBroken
from broker.core.errors import ConfigurationError
from broker.core.status import iso_time

_DIGEST_SIZE = 32  # bytes
_MINUTE_MS = 60_000


def promise(
    file: Annotated[Path, typer.Argument(help="What `audit verify` wrote.")],
    root_sha256: Annotated[
        str,
        typer.Option(help="SHA-256 of the federation's root that you trust, in hex."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Checks a file that shows a broken promise. Exit code 0: it shows one.

    It needs no network, no node and no clock: only the fingerprint of the root that
    the stewards have told you over another way. All leaves of the log are in the file;
    the tree over them is computed again.
    """
    try:
        pin = bytes.fromhex(root_sha256)
    except ValueError:
        pin = b""
    if len(pin) != _DIGEST_SIZE:
        raise ConfigurationError(
            "--root-sha256 takes the SHA-256 of a root: 64 hexadecimal digits"
        )
    checked = check_promise_file(file, pin)
    if as_json:
        print_json(_fields(checked))
        return
    for lead, text in _sentences(checked.broken):
        say_item(lead, text)


def _sentences(broken: ShownBroken) -> list[tuple[str, str]]:
    receipt, checkpoint = broken.receipt, broken.checkpoint
    late_min = (broken.later_ms - receipt.logged_by_ms) // _MINUTE_MS
    if broken.witnesses:
        shown = f"the witnesses {', '.join(broken.witnesses)} saw that state"
    else:
        shown = "the hub itself made a later entry of that log"
    promised = (
        f"the hub signed, at {iso_time(receipt.at_ms)}, that it has accepted message "
        f"{receipt.message_digest.hex()} of {receipt.to}, and that this receipt is in "
        f"its log by {iso_time(receipt.logged_by_ms)}"
    )
    absent = (
        f"its log {checkpoint.origin} signed a state of {checkpoint.size} entries, "
        f"root {checkpoint.root.hex()}, and the receipt is not among them"
    )
    later = (
        f"{shown} at {iso_time(broken.later_ms)}, {late_min} minutes after the promise "
        "had run out"
    )
    unknown = (
        "why. A hub that lost its log breaks its promises as one does that hides "
        "something; nor is it shown that the receipt was not logged afterwards"
    )
    proved = "proved: "
    return [
        (proved, promised),
        (proved, absent),
        (proved, later),
        ("not proved: ", unknown),
    ]


def _fields(checked: CheckedFile) -> dict[str, object]:
    broken = checked.broken
    return {
        "broken": True,
        "receipt": receipt_fields(broken.receipt),
        "logged_by": iso_time(broken.receipt.logged_by_ms),
        "checkpoint": {
            "origin": broken.checkpoint.origin,
            "size": broken.checkpoint.size,
            "root": broken.checkpoint.root.hex(),
        },
        "reached": iso_time(broken.later_ms),
        "witnesses": list(broken.witnesses),
        "directory_version": checked.directory,
        "root_sha256": checked.root_sha256.hex(),
    }
