"""What an adapter raises on purpose.

AdapterError
├── SystemAwayError   the other system cannot be reached: the same again later
└── RejectedError     never: a dead letter
"""


class AdapterError(Exception):
    """Root of what an adapter raises on purpose."""


class SystemAwayError(AdapterError):
    """The other system cannot be reached, or has no time: the same again later."""


class RejectedError(AdapterError):
    """The other system, or this adapter, will never take this one.

    Args:
        reason: Why, in a few words; never content.
        code: A stable word for it.
        payload: What was refused, for a person to look at; kept encrypted.
    """

    def __init__(
        self, reason: str, *, code: str = "rejected", payload: bytes = b""
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.payload = payload
