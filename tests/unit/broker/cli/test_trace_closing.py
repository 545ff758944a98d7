"""A closing that is held back does not hold back the others, and is told as such."""

from typing import Any

import pytest

from broker.app.closing import LegClosing
from broker.cli import trace_closing
from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling
from broker.core.outgoing import OutgoingDocument
from tests.world import BEL

HELD = b"p" * 16
CLOSING = LegClosing(
    to="BEL",
    request="01a202fd-1657",
    content={},
    document=OutgoingDocument(
        kind="trace-closing/1",
        body=b"",
        recipients=(BEL,),
        handling=Handling.parse("TLP:AMBER"),
    ),
    kept_back=(),
)


class Refusing:
    """Stands for the desk that sends, and the one where documents wait."""

    def __init__(self, code: Code) -> None:
        self._code = code

    def send(self, _document: OutgoingDocument) -> tuple[object, ...]:
        """Refuses whatever it is."""
        raise RefusedError(self._code, "no rule permits it")

    def hold(self, _document: OutgoingDocument) -> Any:  # noqa: ANN401 - of the desk
        """Keeps whatever it is."""
        pending = type("Pending", (), {"pending_id": HELD})()
        return type("Waiting", (), {"pending": pending})()


def _sent(monkeypatch: pytest.MonkeyPatch, code: Code) -> dict[str, str | None]:
    for name in ("dispatcher", "pending_desk"):
        monkeypatch.setattr(trace_closing, name, lambda *_: Refusing(code))
    nobody: Any = None
    return trace_closing.send_closing(nobody, nobody, nobody, CLOSING)


def test_what_policy_refuses_is_told_as_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _sent(monkeypatch, Code.EXPORT_POLICY)
    assert told == {"to": "BEL", "id": None, "state": "refused"}
    assert "no rule permits it" in capsys.readouterr().err


def test_what_officers_approve_first_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    told = _sent(monkeypatch, Code.APPROVAL_NEEDED)
    assert told == {"to": "BEL", "id": HELD.hex(), "state": "waits for approval"}
