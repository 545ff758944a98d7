"""Events as clients read them: whose they are, page by page."""

from collections.abc import Iterator

import pytest

from broker.api.roles import EVERY_DESK, Role
from broker.core.records import Alarm
from tests.api_world import ALERT, ROUTE, ApiWorld, Registered, api_world, everybody


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("events")) as world:
        world.receive()  # to the desk police
        world.receive(ALERT)  # to customs, too
        world.receive(ROUTE)  # waits for a person
        world.send()
        alarm = Alarm(at_ms=world.parties.clock.now_ms(), topic="links", text="x")
        world.node.store.raise_alarm(alarm)
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


def told(
    made: ApiWorld, who: Registered, **query: object
) -> tuple[list[dict[str, object]], dict[str, object]]:
    answer = made.client(who).get("/v1/events", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    page = answer.json()
    return page["events"], page


def test_a_desk_is_told_of_its_own_deliveries(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    events, _ = told(made, clients["customs"], event="message.received")
    assert [one["kind"] for one in events] == ["diversion-alert/1"]
    events, _ = told(made, clients["reader"], event="message.received")
    assert [one["kind"] for one in events] == ["trace-request/1", "diversion-alert/1"]
    (event, _) = events
    assert (event["origin"], event["direction"]) == ("BEL", "received")
    assert "content" not in event


def test_what_waits_for_a_person_is_told_to_no_desk(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    for name in ("reader", "customs"):
        assert told(made, clients[name], event="message.waiting")[0] == []
    for name in ("auditor", "every-desk"):
        events, _ = told(made, clients[name], event="message.waiting")
        assert [one["kind"] for one in events] == ["route-intelligence/1"]


def test_what_a_person_sent_is_told_to_no_system_but_auditors(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    for name in ("submitter", "customs", "reader"):
        assert told(made, clients[name], event="message.sent")[0] == []
    [sent] = told(made, clients["auditor"], event="message.sent")[0]
    assert sent["direction"] == "sent"


def test_alarms_are_told_to_operators_and_auditors(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    for name in ("administrator", "auditor", "every-desk"):
        events, _ = told(made, clients[name], event="alarm")
        assert events[-1]["topic"] == "links"
    for name in ("reader", "submitter", "customs"):
        assert told(made, clients[name], event="alarm")[0] == []


def test_pages_follow_one_another_and_repeat_nothing(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    whole, last = told(made, clients["auditor"], limit=500)
    assert last["more"] is False
    after, found, more = 0, [], True
    while more:
        events, page = told(made, clients["auditor"], after=after, limit=2)
        found += events
        after, more = int(str(page["next_after"])), bool(page["more"])
    assert found == whole
    assert told(made, clients["auditor"], after=after)[0] == []


def test_whoever_may_read_no_events_is_refused(made: ApiWorld) -> None:
    who = made.register("only-responds", (Role.RESPOND,), (EVERY_DESK,))
    answer = made.client(who).get("/v1/events")
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert made.client().get("/v1/events").status_code == 401


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=x", f"after={1 << 63}", "limit=0", "limit=501", "event=none"],
)
def test_a_question_that_is_none_is_refused(
    made: ApiWorld, clients: dict[str, Registered], query: str
) -> None:
    answer = made.client(clients["auditor"]).get(f"/v1/events?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad-request"


def test_a_stream_from_what_has_not_happened_is_refused(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    client = made.client(clients["auditor"])
    answer = client.get("/v1/events/stream?after=999999")
    assert answer.status_code == 400
    assert "no event 999999" in answer.json()["detail"]
    headers = {"Last-Event-ID": "abc"}
    assert client.get("/v1/events/stream", headers=headers).status_code == 400


def test_a_page_from_what_has_not_happened_is_refused(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    # A node that was restored from a copy: whoever goes on from there misses events.
    answer = made.client(clients["auditor"]).get("/v1/events?after=999999")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert "no event 999999" in answer.json()["detail"]
