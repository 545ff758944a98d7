"""What a client does not let happen to itself: lost places, secrets, forged calls."""

import base64
import hmac
import json

import pytest

from rogatory_client import Client, Connection, RefusedError
from rogatory_client.errors import ForgedError
from rogatory_client.events import EventReader
from rogatory_client.webhooks import verify_webhook
from tests.unit.clients.stand_in import Answer, standing_in


def _page(*, cursor: str | None, case: str) -> Answer:
    page = {"cases": [{"case": case}], "next_cursor": cursor}
    return Answer(body=json.dumps(page).encode())


def test_cases_are_read_page_by_page_to_the_end() -> None:
    with standing_in(_page(cursor="c", case="1"), _page(cursor=None, case="2")) as node:
        with Client(Connection(url=node.url)) as client:
            assert [one["case"] for one in client.cases()] == ["1", "2"]
        assert [one.line.count("cursor=c") for one in node.asked] == [0, 1]


def test_what_a_file_shows_is_told_by_the_name_that_the_node_knows() -> None:
    with standing_in(Answer(status=201)) as node:
        with Client(Connection(url=node.url)) as client:
            client.upload(b"x", "a.jpg", shows="mark")
        assert "shows=mark" in node.asked[0].line


def test_a_token_is_not_shown() -> None:
    assert "rog_x" not in repr(Connection(url="https://node.example", token="rog_x"))


@pytest.mark.parametrize("url", ["http://node.example", "http://10.0.0.1:8443", "node"])
def test_nothing_is_sent_in_the_clear_to_another_machine(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Connection(url=url)


def test_a_redirection_is_a_refusal() -> None:
    elsewhere = Answer(status=302, headers={"Location": "https://evil.example/"})
    with (
        standing_in(elsewhere) as node,
        Client(Connection(url=node.url)) as client,
        pytest.raises(RefusedError) as refused,
    ):
        client.me()
    assert refused.value.status == 302


def test_a_stream_that_begins_with_nothing_loses_no_place() -> None:
    reader = EventReader(last_id="41")
    for line in (": hello", "", "retry: 10", ""):
        assert reader.take(line) is None
    assert reader.last_id == "41"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ="])
def test_a_forged_webhook_is_refused_by_whoever_has_no_secret(secret: str) -> None:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = base64.b64encode(hmac.digest(key, b"a.1000.{}", "sha256")).decode()
    headers = {
        "webhook-id": "a",
        "webhook-timestamp": "1000",
        "webhook-signature": f"v1,{signed}",
    }
    with pytest.raises(ForgedError):
        verify_webhook(secret, headers, b"{}", 1000.0)
