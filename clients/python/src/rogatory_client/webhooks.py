"""Checking a webhook: that the node sent it, and lately (Standard Webhooks, v1).

Answering it, and remembering its id so that a repetition has no second effect, is left
to whoever receives it.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping

from rogatory_client.errors import ForgedError

_PREFIX = "whsec_"
_WINDOW_S = 300
_SECRET_MIN = 24  # bytes, by the scheme


def verify_webhook(
    secret: str, headers: Mapping[str, str], body: bytes, now_s: float
) -> str:
    """Returns the id of a webhook that the node sent.

    Args:
        secret: As the node showed it when the webhook was registered: "whsec_…".
        headers: Of the request; case does not matter.
        body: Of the request, unchanged.
        now_s: The present, in seconds since the epoch.

    Returns:
        Its id: the same when the node sends it again.

    Raises:
        ForgedError: The node did not send this, or sent it more than 5 minutes ago.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        identifier, stamp = given["webhook-id"], given["webhook-timestamp"]
        signatures = given["webhook-signature"].split()
        age_s = now_s - int(stamp)
    except (KeyError, ValueError, binascii.Error) as error:
        raise ForgedError("it lacks a header, or the secret is none") from error
    if len(key) < _SECRET_MIN:
        # With an empty one, as from a setting that is not there, anybody could sign.
        raise ForgedError("the secret is none")
    if abs(age_s) > _WINDOW_S:
        raise ForgedError("it was made more than 5 minutes ago, or ahead")
    signed = b".".join((identifier.encode(), stamp.encode(), body))
    right = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    # All are compared, so that nothing is told by the time it takes.
    matching = [hmac.compare_digest(one.encode(), right) for one in signatures]
    if not any(matching):
        raise ForgedError("the signature is not the node's")
    return identifier
