"""Submitting for other systems: once, whoever is faster, and in their name."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from broker.app.submitting import Submitted, once_for, submit
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.feed import Once
from broker.core.outgoing import OutgoingDocument
from tests.case_world import example
from tests.unit.broker.app.route_node import keys, node, parties
from tests.unit.broker.services.recall_world import Side
from tests.world import AMBER, BEL, KEN

DOCUMENT = OutgoingDocument(
    kind="trace-request/1",
    body=example("trace-request"),
    recipients=(BEL,),
    handling=AMBER,
)
REQUEST = b"r" * 32


@pytest.fixture
def side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Side:
    found = parties(tmp_path).side(KEN)
    monkeypatch.setattr("broker.app.node_folder.SYSTEM_CLOCK", found.clock)
    return found


def ask(side: Side, once: Once, document: OutgoingDocument = DOCUMENT) -> Submitted:
    return submit(node(side), keys(KEN), lambda: side.trust, document, once)


def once(key: str = "k", submitter: str = "api:x", request: bytes = REQUEST) -> Once:
    return once_for(submitter, "Police", key, request)


def test_the_same_request_is_sent_once_and_answered_alike(side: Side) -> None:
    first, again = ask(side, once()), ask(side, once())
    assert (first.repeated, again.repeated) == (False, True)
    assert first.done == again.done
    assert [one.message_digest for one in side.store.sent()] == list(
        first.done.messages
    )
    told = side.store.submitted_by(first.done.messages[0])
    assert told is not None
    assert (told.submitter, told.agency) == ("api:x", "Police")


def test_another_document_under_the_same_key_is_refused(side: Side) -> None:
    ask(side, once())
    with pytest.raises(ConfigurationError, match="idempotency key"):
        ask(side, once(request=b"s" * 32))
    assert len(side.store.sent()) == 1


def test_the_same_key_of_another_system_is_another_request(side: Side) -> None:
    assert not ask(side, once()).repeated
    assert not ask(side, once(submitter="api:y")).repeated
    assert len(side.store.sent()) == 2


def test_keys_and_names_of_systems_cannot_be_run_together() -> None:
    assert once("b", "api:xa").token != once("ab", "api:x").token


def test_what_policy_denies_can_be_asked_for_again(side: Side) -> None:
    nobody = replace(DOCUMENT, recipients=())
    for _ in range(2):
        with pytest.raises(RefusedError):
            ask(side, once(), nobody)
    assert not ask(side, once()).repeated


def test_of_many_at_once_one_sends_and_all_get_the_same_answer(side: Side) -> None:
    begin, answers = threading.Barrier(4), list[Submitted]()

    def one() -> None:
        begin.wait()
        answers.append(ask(side, once()))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.done for answer in answers}) == 1
    assert sorted(answer.repeated for answer in answers) == [False, True, True, True]
    assert len(side.store.sent()) == 1
