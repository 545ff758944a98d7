"""What a caller's agency says of a message: in order, once, and in its own name."""

import pytest
from httpx2 import Response

from broker.core.handling import Handling, Restrictions, Tlp
from tests.api_world import ApiWorld
from tests.case_world import example
from tests.unit.broker.api.conftest import Calls
from tests.unit.broker.api.test_submitting import code
from tests.world import BEL, KEN


def say(
    call: Calls, digest: bytes, what: str, name: str = "responder", **asked: object
) -> Response:
    return call(name).post(f"/v1/messages/{digest.hex()}/{what}", json=asked)


def test_an_acknowledgement_reaches_the_origin(made: ApiWorld, call: Calls) -> None:
    digest = made.receive()
    answer = say(call, digest, "acknowledgement", office="Tracing Unit")
    assert answer.status_code == 201, answer.text
    found = answer.json()["statement"]
    assert (found["stage"], found["decided_by"]) == ("ACKNOWLEDGED", "system")
    assert found["authority"] == "National Police, Tracing Unit"
    said = call("responder").get(f"/v1/messages/{digest.hex()}/receipts").json()
    stages = [one["stage"] for one in said["recipients"][0]["stages"]]
    assert stages == ["DELIVERED", "OPENED", "ACKNOWLEDGED"]


def test_the_same_said_again_is_answered_and_not_said_twice(
    made: ApiWorld, call: Calls
) -> None:
    digest = made.receive()
    first = say(call, digest, "acknowledgement")
    again = say(call, digest, "acknowledgement")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["repeated"] is True
    assert again.json()["statement"] == first.json()["statement"]
    other = say(call, digest, "acknowledgement", office="Another Unit")
    assert code(other, 409) == "out-of-order"


def test_nothing_is_said_out_of_order(made: ApiWorld, call: Calls) -> None:
    digest = made.receive()
    assert code(say(call, digest, "action"), 409) == "out-of-order"
    assert say(call, digest, "acknowledgement").status_code == 201
    assert say(call, digest, "action", decided_by="person").status_code == 201
    refusal = say(call, digest, "refusal", reason="too late")
    assert code(refusal, 409) == "out-of-order"


def test_a_dry_run_says_nothing(made: ApiWorld, call: Calls) -> None:
    digest = made.receive()
    answer = say(call, digest, "acknowledgement", dry_run=True)
    assert (answer.status_code, answer.json()["said"]) == (200, False)
    early = say(call, digest, "action", dry_run=True)
    assert code(early, 409) == "out-of-order"
    assert "ACKNOWLEDGED" not in {one.name for one in made.node.store.own_words(digest)}


def test_a_refusal_needs_a_reason_which_is_told_to_nobody(
    made: ApiWorld, call: Calls
) -> None:
    digest = made.receive()
    assert code(say(call, digest, "refusal", reason="  "), 400) == "bad-request"
    answer = say(call, digest, "refusal", reason="not our weapon")
    assert answer.status_code == 201
    assert "not our weapon" not in answer.text
    assert "not our weapon" not in str(made.node.store.own_receipts(digest))


@pytest.mark.parametrize("name", ["customs", "submitter", "reader", "auditor"])
def test_only_a_responder_of_its_desk_may_speak(
    made: ApiWorld, call: Calls, name: str
) -> None:
    digest = made.receive()
    answer = say(call, digest, "acknowledgement", name)
    assert answer.status_code in {403, 404}
    assert code(answer, answer.status_code) in {"forbidden", "not-found"}
    assert len(made.node.store.own_receipts(digest)) == 2


def test_no_office_speaks_for_another_agency(made: ApiWorld, call: Calls) -> None:
    digest = made.receive("diversion-alert")
    answer = say(call, digest, "acknowledgement", "customs", office="National Police")
    assert answer.json()["statement"]["authority"] == "Customs, National Police"
    trick = say(call, digest, "acknowledgement", "customs", office="x\u202ey")
    assert code(trick, 400) == "bad-request"


def test_an_agency_that_it_was_not_released_to_says_nothing_of_it(
    made: ApiWorld, call: Calls
) -> None:
    handling = Handling(
        tlp=Tlp.AMBER, restrictions=Restrictions(release_to=("Customs",))
    )
    body = example("diversion-alert")
    sent = made.parties.sides[BEL].send((KEN,), body, "diversion-alert/1", handling)
    made.settle()
    answer = say(call, sent.message_digest, "refusal", reason="not ours")
    assert code(answer, 403) == "forbidden"
    taken = say(call, sent.message_digest, "acknowledgement", "customs")
    assert taken.status_code == 201
