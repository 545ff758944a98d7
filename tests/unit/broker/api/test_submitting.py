"""Documents that systems send: once for each key, and no other way than people."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx2 import Response

from broker.core.errors import StoreFullError
from broker.core.model import message_id_text
from tests.api_world import ApiWorld
from tests.unit.broker.api.conftest import Calls, document

_NUMBERS: Iterator[int] = iter(range(1, 10_000))


def post(
    call: Calls, asked: dict[str, Any], key: str | None = None, name: str = "submitter"
) -> Response:
    key = key or f"key-{next(_NUMBERS)}"
    return call(name).post("/v1/messages", json=asked, headers={"Idempotency-Key": key})


def code(response: Response, status: int) -> str:
    """Returns the code of a refusal, which is a problem document."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["status"] == status
    assert found["type"] == f"urn:rogatory:problem:{found['code']}"
    return str(found["code"])


class TestSending:
    def test_a_document_is_stored_and_answered(
        self, made: ApiWorld, call: Calls
    ) -> None:
        response = post(call, document("trace-info-request"))
        assert response.status_code == 201, response.text
        [message] = response.json()["messages"]
        sent = made.node.store.find_sent(bytes.fromhex(message["digest"]))
        assert sent is not None
        assert message_id_text(sent.header.message_id) == message["id"]
        assert message["recipients"] == ["BEL"]
        assert response.json()["pending_id"] is None
        assert response.json()["not_sent_to"] == []

    def test_it_reaches_its_recipient(self, made: ApiWorld, call: Calls) -> None:
        [message] = post(call, document("trace-info-request")).json()["messages"]
        made.settle()
        said = call("submitter").get(f"/v1/messages/{message['id']}/receipts").json()
        stages = [one["stage"] for one in said["recipients"][0]["stages"]]
        assert stages == ["DELIVERED", "OPENED"]

    def test_the_same_request_under_one_key_is_carried_out_once(
        self, made: ApiWorld, call: Calls
    ) -> None:
        asked = document("trace-info-request")
        before = len(made.node.store.sent(1000))
        first, second = post(call, asked, "once"), post(call, asked, "once")
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json()["messages"] == second.json()["messages"]
        assert (first.json()["repeated"], second.json()["repeated"]) == (False, True)
        assert len(made.node.store.sent(1000)) == before + 1

    def test_the_same_key_of_another_client_is_another_request(
        self, call: Calls
    ) -> None:
        asked = document("trace-info-request")
        first = post(call, asked, "shared")
        second = post(call, asked, "shared", "customs")
        assert second.json()["repeated"] is False
        assert first.json()["messages"] != second.json()["messages"]

    def test_another_document_under_the_same_key_is_refused(
        self, made: ApiWorld, call: Calls
    ) -> None:
        post(call, document("trace-info-request"), "taken")
        before = len(made.node.store.sent(1000))
        other = document("trace-info-request", handling="TLP:GREEN")
        assert code(post(call, other, "taken"), 409) == "idempotency-key-reused"
        assert len(made.node.store.sent(1000)) == before

    def test_an_answer_takes_its_case_from_what_it_answers(
        self, made: ApiWorld, call: Calls
    ) -> None:
        digest = made.receive("diversion-alert").hex()
        asked = document("diversion-update", in_reply_to=digest)
        response = post(call, asked, name="customs")
        assert response.status_code == 201, response.text
        [message] = response.json()["messages"]
        sent = made.node.store.find_sent(bytes.fromhex(message["digest"]))
        assert sent is not None
        assert sent.header.in_reply_to.hex() == digest


class TestPolicy:
    def test_what_it_withholds_is_refused_with_its_code(self, call: Calls) -> None:
        response = post(call, document("trace-info-request", to=["MEX"]))
        assert code(response, 403) == "export-policy"
        assert response.json()["advice"]

    def test_one_who_may_not_get_it_keeps_it_from_all(
        self, made: ApiWorld, call: Calls
    ) -> None:
        before = len(made.node.store.sent(1000))
        asked = document("trace-info-request", to=["BEL", "MEX"])
        assert code(post(call, asked), 403) == "export-policy"
        assert len(made.node.store.sent(1000)) == before

    def test_unless_the_others_are_to_get_it_nevertheless(self, call: Calls) -> None:
        asked = document("trace-info-request", to=["BEL", "MEX"], partial=True)
        found = post(call, asked).json()
        assert [one["recipients"] for one in found["messages"]] == [["BEL"]]
        assert found["not_sent_to"] == ["MEX"]

    def test_what_officers_approve_waits_for_them(self, call: Calls) -> None:
        asked = document("route-intelligence", to=["XPO"])
        response = post(call, asked, "routes")
        assert response.status_code == 202, response.text
        assert response.json()["messages"] == []
        again = post(call, asked, "routes")
        assert again.status_code == 202
        assert again.json()["pending_id"] == response.json()["pending_id"]
        found = call("submitter").get(f"/v1/pending/{response.json()['pending_id']}")
        assert found.status_code == 200, found.text
        assert found.json()["state"] == "waiting"
        [need] = found.json()["approvals"]
        assert (need["needed"], need["met"]) == (2, False)

    def test_what_waits_for_one_agency_is_not_told_to_another(
        self, call: Calls
    ) -> None:
        asked = document("route-intelligence", to=["XPO"])
        waits = post(call, asked).json()["pending_id"]
        assert code(call("customs").get(f"/v1/pending/{waits}"), 404) == "not-found"
        assert call("auditor").get(f"/v1/pending/{waits}").status_code == 200

    def test_a_plan_says_who_would_get_it_and_sends_nothing(
        self, made: ApiWorld, call: Calls
    ) -> None:
        store = made.node.store
        before = (store.sent(1000), store.withheld(1000), store.feed_end())
        asked = document("trace-info-request", to=["MEX", "BEL"])
        response = call("submitter").post("/v1/messages/plan", json=asked)
        assert response.status_code == 200, response.text
        found = {one["party"]: one for one in response.json()["recipients"]}
        assert found["BEL"]["gets_it"] is True
        assert found["MEX"]["code"] == "export-policy"
        assert (store.sent(1000), store.withheld(1000), store.feed_end()) == before


class TestWhatDoesNotFit:
    def test_each_place_of_a_content_is_told(self, call: Calls) -> None:
        asked = document("trace-request")
        asked["content"] = {"items": [{"firearm": {"calibre": 7}}], "nonsense": 1}
        response = post(call, asked)
        assert code(response, 422) == "invalid-document"
        paths = {one["path"] for one in response.json()["places"]}
        assert "content.nonsense" in paths

    @pytest.mark.parametrize(
        ("changes", "status", "expected"),
        [
            ({"kind": "recall/1"}, 422, "invalid-document"),
            ({"kind": "no-such-kind/1"}, 422, "invalid-document"),
            ({"handling": "SECRET"}, 422, "invalid-document"),
            ({"to": []}, 400, "bad-request"),
            ({"to": ["ZZZ"]}, 422, "unknown-party"),
            ({"to": ["KEN"]}, 422, "invalid-recipients"),
            ({"to": ["bel"]}, 400, "bad-request"),
            ({"expires_in": "9999d"}, 422, "lifetime-too-long"),
            ({"surprise": 1}, 400, "bad-request"),
            ({"case_reference": "x" * 65}, 400, "bad-request"),
            ({"case_reference": "two words"}, 422, "invalid-document"),
            ({"content": []}, 400, "bad-request"),
            ({"in_reply_to": "0" * 64}, 404, "not-found"),
            ({"attachments": ["nobody-uploaded-this"]}, 422, "invalid-document"),
            ({"restrictions": {"nothing": 1}}, 400, "bad-request"),
            ({"restrictions": {"retention_days": -1}}, 422, "invalid-document"),
        ],
    )
    def test_a_request_is_refused(
        self, call: Calls, changes: dict[str, Any], status: int, expected: str
    ) -> None:
        asked = document("trace-info-request", **changes)
        assert code(post(call, asked), status) == expected

    def test_a_request_without_a_key_is_refused(self, call: Calls) -> None:
        asked = document("trace-info-request")
        response = call("submitter").post("/v1/messages", json=asked)
        assert code(response, 400) == "bad-request"
        assert response.json()["places"][0]["path"] == "header.Idempotency-Key"

    def test_files_are_named_by_handles_and_not_in_the_content(
        self, call: Calls
    ) -> None:
        asked = document("trace-info-request")
        asked["content"]["attachments"] = [{"name": "photo.jpg", "key": "AAAA"}]
        response = post(call, asked)
        assert code(response, 422) == "invalid-document"
        assert response.json()["places"][0]["path"] == "content.attachments"

    def test_what_is_no_json_is_refused(self, call: Calls) -> None:
        response = call("submitter").post(
            "/v1/messages",
            content=b"{",
            headers={"Idempotency-Key": "x", "Content-Type": "application/json"},
        )
        assert code(response, 400) == "bad-request"

    def test_an_illegal_step_of_a_matter_is_refused(
        self, made: ApiWorld, call: Calls
    ) -> None:
        digest = made.receive("diversion-alert").hex()
        asked = document("trace-response", in_reply_to=digest)
        assert code(post(call, asked, name="customs"), 409) == "illegal-step"

    def test_a_poor_trace_request_is_sent_only_if_that_is_meant(
        self, call: Calls
    ) -> None:
        asked = document("trace-request")
        asked["content"]["items"][0]["firearm"] = {
            "type": "FIREARM_TYPE_PISTOL",
            "calibre": {"raw": "9"},
            "frameSerial": {"raw": "9x19"},
        }
        response = post(call, asked)
        assert code(response, 422) == "invalid-document"
        assert "of 100" in response.json()["places"][0]["found"], response.text
        anyway = post(call, {**asked, "anyway": True})
        assert anyway.status_code == 201, anyway.text
        assert anyway.json()["warnings"]


class TestWhoMaySend:
    @pytest.mark.parametrize(
        "name", ["reader", "auditor", "administrator", "responder"]
    )
    def test_others_may_not(self, call: Calls, name: str) -> None:
        response = post(call, document("trace-info-request"), name=name)
        assert code(response, 403) == "forbidden"

    def test_strangers_may_not(self, made: ApiWorld) -> None:
        response = made.client().post("/v1/messages", json=document("trace-request"))
        assert code(response, 401) == "unauthenticated"
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(
    made: ApiWorld, call: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreFullError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(type(made.node.store), "store_sealed", full)
        response = post(call, document("trace-info-request"), "full")
    assert code(response, 507) == "store-full"
    assert post(call, document("trace-info-request"), "full").status_code == 201


def test_many_at_once_under_one_key_are_one_request(
    made: ApiWorld, call: Calls
) -> None:
    asked = document("trace-info-request")
    before = len(made.node.store.sent(10_000))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: post(call, asked, "at-once"), range(8)))
    assert {one.status_code for one in found} == {201}
    assert len({str(one.json()["messages"]) for one in found}) == 1
    assert sum(not one.json()["repeated"] for one in found) == 1
    assert len(made.node.store.sent(10_000)) == before + 1
