"""Which files lie beside a message depends on whether anybody may read it here."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from broker.app import attachments
from broker.app.attachments import beside
from broker.app.hub_attachments import party_taking_part
from broker.core.admitted import Admission, AdmissionState
from broker.core.errors import Code, RefusedError
from broker.core.records import InboxMessage, InboxState
from broker.services.attachment_keeper import Beside
from keys.directory.model import Membership, Suspension
from tests import world
from tests.attached_files import sealed_file
from tests.unit.broker.infra.stored_messages import arrival
from tests.world import BEL, KEN, NOW_MS

FILE = sealed_file().said
SEALED = world.sealed(KEN, (BEL,))
DIGEST = SEALED.message_digest


@dataclass(slots=True)
class Store:
    """A store with one message that was received, or none."""

    message: InboxMessage | None = None
    state: AdmissionState | None = None

    def find_sent(self, _digest: bytes) -> None:
        """Returns nothing: it was not sent from here."""

    def find_received(self, _digest: bytes) -> InboxMessage | None:
        """Returns the message."""
        return self.message

    def admission(self, digest: bytes) -> Admission | None:
        """Returns how it came in."""
        if self.state is None:
            return None
        return Admission(
            message_digest=digest,
            kind=world.KIND,
            state=self.state,
            routes=(),
            retention_days=None,
            with_consent=False,
            policy_digest=b"",
            since_ms=NOW_MS,
        )


@dataclass(slots=True)
class World:
    """A node whose store is that of the test."""

    store: Store = field(default_factory=Store)

    def beside(self) -> Beside | None:
        """Returns what lies beside the message."""
        node: Any = SimpleNamespace(store=self.store)
        keys: Any = None
        return beside(node, keys, DIGEST)


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "files_beside", lambda *_: (FILE,))


def received(state: InboxState, admitted: AdmissionState | None) -> World:
    message, _ = arrival(SEALED, state)
    return World(Store(message=message, state=admitted))


@pytest.mark.usefixtures("readable")
def test_what_is_in_use_has_its_files() -> None:
    for admitted in (AdmissionState.ADMITTED, AdmissionState.RELEASED):
        found = received(InboxState.OPENED, admitted).beside()
        assert found == Beside(
            files=(FILE,), expires_ms=SEALED.header.expires_ms, received=True
        )


@pytest.mark.usefixtures("readable")
def test_what_nobody_may_read_yet_is_asked_about_again() -> None:
    assert received(InboxState.DELIVERED, None).beside() is None
    assert received(InboxState.OPENED, AdmissionState.QUARANTINED).beside() is None


@pytest.mark.usefixtures("readable")
def test_nothing_lies_beside_what_nobody_will_ever_read() -> None:
    assert World().beside() == Beside()
    assert received(InboxState.REFUSED, None).beside() == Beside()
    for admitted in (AdmissionState.DECLINED, AdmissionState.DESTROYED):
        assert received(InboxState.OPENED, admitted).beside() == Beside()


def test_nothing_lies_beside_what_was_taken_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(*_: object) -> Any:  # noqa: ANN401 - it never returns
        raise RefusedError(Code.RECALLED)

    monkeypatch.setattr(attachments, "files_beside", gone)
    found = received(InboxState.OPENED, AdmissionState.ADMITTED).beside()
    assert found == Beside()


def test_an_account_speaks_for_a_party_that_takes_part() -> None:
    view = world.trust().view
    published = {"its account": KEN, "of a stranger": world.STRANGER}

    def asked(account: str, seen: Any = view) -> object:  # noqa: ANN401 - or none
        return party_taking_part(account, published, seen, NOW_MS)

    assert asked("its account") == KEN
    assert asked("another account") is None
    assert asked("of a stranger") is None
    assert asked("its account", None) is None
    suspension = Suspension(since_ms=NOW_MS, reason="keys were stolen")
    memberships = (Membership(party=KEN, suspension=suspension),)
    federation = replace(view.federation, memberships=memberships)
    assert asked("its account", replace(view, federation=federation)) is None
