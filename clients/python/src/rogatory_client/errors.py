"""What goes wrong between a client and a node.

ClientError
├── RefusedError       the node says no, with a stable code and what to do
├── UnreachableError   no answer, after every repetition
└── ForgedError        a webhook that the node did not send
"""

from collections.abc import Mapping, Sequence


class ClientError(Exception):
    """Root of everything that this package raises on purpose."""


class UnreachableError(ClientError):
    """The node cannot be reached, or does not answer, however often it is asked.

    What was submitted under an idempotency key may have been taken: submit it again
    under the same key, and it is sent once.
    """


class ForgedError(ClientError):
    """A webhook that the node did not send, or sent too long ago."""


class RefusedError(ClientError):
    """The node says no (RFC 9457).

    Attributes:
        status: Of HTTP.
        code: A stable word for it, such as "export-policy".
        title: What happened, in one sentence.
        detail: What it was about here.
        advice: What to do next.
        places: Where a document does not fit: path, found, expected.
    """

    def __init__(self, status: int, problem: Mapping[str, object]) -> None:
        self.status = status
        self.code = _text(problem, "code") or f"http-{status}"
        self.title = _text(problem, "title")
        self.detail = _text(problem, "detail")
        self.advice = _text(problem, "advice")
        places = problem.get("places")
        self.places: Sequence[Mapping[str, object]] = (
            places if isinstance(places, list) else ()
        )
        said = ": ".join(part for part in (self.title, self.detail) if part)
        super().__init__(f"{self.code}: {said}" if said else self.code)


def _text(problem: Mapping[str, object], name: str) -> str:
    value = problem.get(name)
    return value if isinstance(value, str) else ""
