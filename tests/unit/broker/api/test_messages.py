"""What callers see of messages: their own, in order, and nothing of others'."""

from typing import Any

import pytest

from broker.api.paging import cursor_of
from broker.core.handling import Handling, Restrictions, Tlp
from tests.api_world import ApiWorld
from tests.case_world import example
from tests.unit.broker.api.conftest import Calls, document
from tests.unit.broker.api.test_submitting import code, post
from tests.world import BEL, KEN, MEX


def listed(call: Calls, name: str, **query: Any) -> list[str]:  # noqa: ANN401 - of a query
    """Returns the digests that a client is shown."""
    response = call(name).get("/v1/messages", params={"limit": 500, **query})
    assert response.status_code == 200, response.text
    return [one["digest"] for one in response.json()["messages"]]


class TestAList:
    def test_shows_each_desk_what_the_policy_gives_it(
        self, made: ApiWorld, call: Calls
    ) -> None:
        request, alert = made.receive().hex(), made.receive("diversion-alert").hex()
        assert {request, alert} <= set(listed(call, "reader"))
        assert alert in listed(call, "customs")
        assert request not in listed(call, "customs")
        assert {request, alert} <= set(listed(call, "every-desk"))
        assert {request, alert} <= set(listed(call, "auditor"))
        assert listed(call, "submitter") == []

    def test_shows_what_waits_for_a_person_to_auditors_alone(
        self, made: ApiWorld, call: Calls
    ) -> None:
        waits = made.receive("route-intelligence").hex()
        for name in ("reader", "customs", "every-desk"):
            assert waits not in listed(call, name)
            answer = call(name).get(f"/v1/messages/{waits}")
            assert code(answer, 404) == "not-found"
        assert waits in listed(call, "auditor")
        assert call("auditor").get(f"/v1/messages/{waits}").json()["state"] == "waiting"

    def test_goes_on_where_it_was_without_repeating_or_missing_anything(
        self, made: ApiWorld, call: Calls
    ) -> None:
        for _ in range(5):
            made.receive("trace-info-request")
        whole, found, cursor, more = listed(call, "reader"), [], None, True
        while more:
            query = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
            page = call("reader").get("/v1/messages", params=query).json()
            assert len(page["messages"]) <= 2
            found += [one["digest"] for one in page["messages"]]
            cursor, more = page["next_cursor"], page["more"]
        assert found == whole
        later = made.receive("trace-info-request").hex()
        assert listed(call, "reader", cursor=cursor) == [later]

    def test_can_be_narrowed_down(self, made: ApiWorld, call: Calls) -> None:
        alert = made.receive("diversion-alert", MEX).hex()
        assert alert in listed(call, "reader", kind="diversion-alert/1")
        assert alert in listed(call, "reader", origin="MEX")
        assert alert not in listed(call, "reader", origin="BEL")
        assert alert not in listed(call, "reader", kind="trace-request/1")
        assert listed(call, "reader", case="no-such-case") == []
        assert listed(call, "reader", since="2100-01-01T00:00:00Z") == []
        assert alert in listed(call, "reader", since="2020-01-01T00:00:00+02:00")

    def test_of_what_was_sent_is_for_the_agency_that_sent_it(
        self, made: ApiWorld, call: Calls
    ) -> None:
        by_person = made.send("trace-info-request").hex()
        response = post(call, document("trace-info-request"))
        by_police = response.json()["messages"][0]["digest"]
        own = listed(call, "submitter", direction="sent")
        assert by_police in own
        assert by_person not in own
        assert by_police not in listed(call, "customs", direction="sent")
        assert listed(call, "reader", direction="sent") == []
        for name in ("auditor", "every-desk"):
            assert {by_person, by_police} <= set(listed(call, name, direction="sent"))

    @pytest.mark.parametrize(
        "query",
        [
            {"cursor": "nonsense"},
            {"cursor": cursor_of("sent", 4)},
            {"cursor": cursor_of("received", 4) + "=="},
            {"cursor": cursor_of("received", -4)},
            {"cursor": cursor_of("received", 2**64)},
            {"cursor": "🙂"},
            {"limit": 0},
            {"limit": 501},
            {"direction": "sideways"},
            {"since": "yesterday"},
            {"since": "2026-01-01T00:00:00"},
            {"since": "99999-01-01T00:00:00Z"},
        ],
        ids=str,
    )
    def test_is_not_given_for_a_query_that_is_wrong(
        self, call: Calls, query: dict[str, Any]
    ) -> None:
        answer = call("reader").get("/v1/messages", params=query)
        assert code(answer, 400) == "bad-request"
        assert answer.json()["places"]


class TestOneMessage:
    def test_is_found_by_its_id_and_by_its_digest(
        self, made: ApiWorld, call: Calls
    ) -> None:
        digest = made.receive().hex()
        by_digest = call("reader").get(f"/v1/messages/{digest}").json()
        by_id = call("reader").get(f"/v1/messages/{by_digest['id']}").json()
        assert by_id == by_digest
        assert by_id["direction"] == "received"
        assert by_id["origin"] == "BEL"
        assert by_id["recipients"] == ["KEN"]
        assert by_id["desks"] == ["police"]
        assert "content" not in by_id

    @pytest.mark.parametrize(
        "name", ["0" * 64, "f" * 8, "..%2f..%2fetc", "00000000-0000-7000-8000-0", "é"]
    )
    def test_that_is_not_there_is_not_found(self, call: Calls, name: str) -> None:
        assert code(call("auditor").get(f"/v1/messages/{name}"), 404) == "not-found"

    def test_of_others_looks_as_if_it_were_not_there(
        self, made: ApiWorld, call: Calls
    ) -> None:
        digest = made.receive().hex()
        hidden = call("customs").get(f"/v1/messages/{digest}")
        missing = call("customs").get(f"/v1/messages/{'0' * 64}")
        assert code(hidden, 404) == code(missing, 404)
        assert hidden.json() == missing.json()


class TestAContent:
    def test_is_given_to_a_desk_with_what_binds_it(
        self, made: ApiWorld, call: Calls
    ) -> None:
        digest = made.receive(handling="TLP:AMBER H2")
        found = call("reader").get(f"/v1/messages/{digest.hex()}/content").json()
        assert found["handling"] == "TLP:AMBER H2"
        assert found["kind"] == "trace-request/1"
        assert found["given_to_desk"] == "police"
        assert found["given_to_agency"] == "National Police"
        assert found["content"] == document("trace-request")["content"]
        schema = call("reader").get(found["schema_url"])
        assert schema.status_code == 200

    def test_is_recorded_once_however_often_it_is_read(
        self, made: ApiWorld, call: Calls
    ) -> None:
        digest = made.receive()
        for _ in range(3):
            call("reader").get(f"/v1/messages/{digest.hex()}/content")
        query = {"purpose": "criminal-investigation"}
        call("reader").get(f"/v1/messages/{digest.hex()}/content", params=query)
        given = made.node.store.handed_out(digest)
        assert [(one.desk, one.agency, one.purpose) for one in given] == [
            ("police", "National Police", ""),
            ("police", "National Police", "criminal-investigation"),
        ]

    def test_is_given_to_whoever_reads_for_every_desk_and_recorded(
        self, made: ApiWorld, call: Calls
    ) -> None:
        digest = made.receive()
        answer = call("every-desk").get(f"/v1/messages/{digest.hex()}/content")
        assert answer.status_code == 200
        assert [one.desk for one in made.node.store.handed_out(digest)] == ["*"]

    def test_is_not_for_an_auditor(self, made: ApiWorld, call: Calls) -> None:
        digest = made.receive().hex()
        answer = call("auditor").get(f"/v1/messages/{digest}/content")
        assert code(answer, 403) == "forbidden"

    def test_that_was_taken_back_is_gone(self, made: ApiWorld, call: Calls) -> None:
        digest = made.receive()
        assert (
            call("reader").get(f"/v1/messages/{digest.hex()}/content").status_code
            == 200
        )
        belgium = made.parties.sides[BEL]
        belgium.recall(belgium.sent(digest))
        made.settle()
        answer = call("reader").get(f"/v1/messages/{digest.hex()}/content")
        assert code(answer, 410) == "recalled"
        shown = call("reader").get(f"/v1/messages/{digest.hex()}").json()
        assert shown["taken_back"]["readable"] is False

    def test_for_agencies_that_its_origin_names_is_for_them_alone(
        self, made: ApiWorld, call: Calls
    ) -> None:
        handling = Handling(
            tlp=Tlp.AMBER, restrictions=Restrictions(release_to=("Customs",))
        )
        body = example("diversion-alert")
        sender = made.parties.sides[MEX]
        digest = sender.send((KEN,), body, "diversion-alert/1", handling).message_digest
        made.settle()
        refused = call("reader").get(f"/v1/messages/{digest.hex()}/content")
        assert code(refused, 403) == "looser-handling"
        given = call("customs").get(f"/v1/messages/{digest.hex()}/content")
        assert given.status_code == 200
        assert given.json()["restrictions"]["release_to"] == ["Customs"]
        assert [one.agency for one in made.node.store.handed_out(digest)] == ["Customs"]

    def test_is_refused_for_a_desk_or_a_purpose_that_is_none(
        self, made: ApiWorld, call: Calls
    ) -> None:
        path = f"/v1/messages/{made.receive().hex()}/content"
        elsewhere = call("reader").get(path, params={"desk": "customs"})
        assert code(elsewhere, 403) == "forbidden"
        nonsense = call("reader").get(path, params={"purpose": "curiosity"})
        assert code(nonsense, 400) == "bad-request"

    def test_of_its_own_an_agency_gets_back(self, call: Calls) -> None:
        asked = document("trace-info-request")
        [message] = post(call, asked).json()["messages"]
        found = call("submitter").get(f"/v1/messages/{message['id']}/content").json()
        assert found["content"] == asked["content"]
        assert found["given_to_desk"] is None
