"""What can go wrong with documents of the register, before it concerns a delivery.

SystemAwayError (adapters.errors)
└── UnbelievableError   something came, and it cannot be believed

RegisterError
├── XmlRefusedError     not XML that is taken here, or not as the schema has it
├── SignatureError      nobody who should have has signed it
├── AnswerInvalidError  the register has signed what is no answer
└── RegisterFaultError  the register refuses, and has signed that it does
"""

from adapters.errors import SystemAwayError


class UnbelievableError(SystemAwayError):
    """Something came, and it cannot be believed: as good as no answer.

    Unlike a register that is away, it may concern one question only.
    """


class RegisterError(Exception):
    """Root of what can go wrong with documents of the register."""


class XmlRefusedError(RegisterError):
    """Not XML that is taken here, or not as the schema has it."""


class SignatureError(RegisterError):
    """Not signed, not by whom it should be, or not all of it."""


class AnswerInvalidError(RegisterError):
    """The register has signed what is no answer: a fault of its own."""


class RegisterFaultError(RegisterError):
    """The register refuses, and has signed that it does.

    Args:
        code: A word of the schema's `FaultCode`.
        reason: Why, in its words.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
