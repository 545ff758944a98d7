"""Who a request is believed to come from."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import replace
from typing import Any

import pytest

from broker.api.identity import Identity
from broker.api.problems import ProblemError
from broker.api.roles import Role
from broker.api.tokens import new_token, token_digest
from broker.core.clients import Client, Credential, CredentialKind
from keys.framing import sha256
from tests.api_world import ApiWorld, Registered
from tests.unit.broker.api.conftest import Calls
from tests.unit.broker.api.test_submitting import code
from tests.world import DAY_MS


def asked(made: ApiWorld, authorization: str) -> Any:  # noqa: ANN401 - of a response
    headers = {"Authorization": authorization}
    return made.client().get("/v1/me", headers=headers)


def test_a_token_says_who_calls(call: Calls) -> None:
    assert call("responder").get("/v1/me").json() == {
        "party": "KEN",
        "client": "responder",
        "agency": "National Police",
        "roles": ["read", "respond"],
        "desks": ["police"],
    }


def test_a_token_is_nowhere_in_the_store(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    token = clients["reader"].token
    [kept] = made.node.store.credentials_of("reader")
    assert kept.digest == sha256(token.encode())
    for file in made.node.folder.root.rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer rog_nonsense",
        "Bearer ",
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "rog_nonsense",
        f"Bearer {'x' * 20_000}",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
    ],
)
def test_what_is_no_token_is_refused(made: ApiWorld, authorization: str) -> None:
    answer = asked(made, authorization)
    assert code(answer, 401) == "unauthenticated"
    assert answer.headers["www-authenticate"] == 'Bearer realm="rogatory"'


def test_an_expired_token_is_refused_and_kept_as_a_refusal(made: ApiWorld) -> None:
    who = made.register("short-lived", [Role.READ], ["police"], days=1)
    assert asked(made, f"Bearer {who.token}").status_code == 200
    made.parties.clock.at_ms += DAY_MS
    answer = asked(made, f"Bearer {who.token}")
    made.parties.clock.at_ms -= DAY_MS
    assert code(answer, 401) == "unauthenticated"
    assert "expired" in answer.json()["detail"]
    [kept] = made.node.store.client_refusals("short-lived")
    assert kept.code == "unauthenticated"


def test_a_revoked_client_is_refused_at_once(made: ApiWorld) -> None:
    who = made.register("revoked", [Role.READ], ["police"])
    assert asked(made, f"Bearer {who.token}").status_code == 200
    made.node.store.revoke_client("revoked", made.parties.clock.now_ms())
    assert code(asked(made, f"Bearer {who.token}"), 401) == "unauthenticated"


def test_a_rotated_token_goes_on_only_for_a_while(made: ApiWorld) -> None:
    who, now_ms = made.register("rotated", [Role.READ], ["police"]), made.parties.clock
    new = new_token()
    fresh = Credential(
        digest=token_digest(new),
        kind=CredentialKind.TOKEN,
        client="rotated",
        created_ms=now_ms.at_ms,
        expires_ms=now_ms.at_ms + DAY_MS,
    )
    made.node.store.add_credential(fresh, others_end_ms=now_ms.at_ms + 1000)
    assert asked(made, f"Bearer {who.token}").status_code == 200
    assert asked(made, f"Bearer {new}").status_code == 200
    now_ms.at_ms += 1000
    assert code(asked(made, f"Bearer {who.token}"), 401) == "unauthenticated"
    assert asked(made, f"Bearer {new}").status_code == 200


def test_two_authorizations_are_refused(made: ApiWorld) -> None:
    headers = [("Authorization", "Bearer rog_a"), ("Authorization", "Bearer rog_b")]
    answer = made.client().get("/v1/me", headers=headers)
    assert code(answer, 401) == "unauthenticated"


@pytest.fixture(scope="module")
def identity(made: ApiWorld, clients: dict[str, Registered]) -> Identity:
    assert clients
    now_ms = made.parties.clock.at_ms
    client = Client(
        name="machine",
        agency="Customs",
        roles=frozenset({"read", "a role of tomorrow"}),
        desks=frozenset({"customs"}),
        created_ms=now_ms,
        expires_ms=now_ms + 9 * DAY_MS,
    )
    shown = Credential(
        digest=sha256(b"certificate"),
        kind=CredentialKind.CERTIFICATE,
        client="machine",
        created_ms=now_ms,
        expires_ms=now_ms + DAY_MS,
    )
    made.node.store.add_client(client, [shown])
    return Identity(clients=made.node.store, clock=made.parties.clock)


class TestACertificate:
    def test_says_who_calls(self, identity: Identity) -> None:
        found = identity.caller_of(None, b"certificate")
        assert found is not None
        assert found.client == "machine"
        assert found.roles == frozenset({Role.READ})

    def test_of_nobody_is_refused(self, identity: Identity) -> None:
        with pytest.raises(ProblemError) as refused:
            identity.caller_of(None, b"another")
        assert refused.value.status == 401

    def test_of_nobody_is_nothing_beside_a_good_token(
        self, identity: Identity, clients: dict[str, Registered]
    ) -> None:
        token = f"Bearer {clients['reader'].token}"
        found = identity.caller_of(token, b"another")
        assert found is not None
        assert found.client == "reader"

    def test_of_one_client_with_the_token_of_another_is_refused(
        self, identity: Identity, clients: dict[str, Registered]
    ) -> None:
        with pytest.raises(ProblemError):
            identity.caller_of(f"Bearer {clients['reader'].token}", b"certificate")

    def test_does_not_make_up_for_a_bad_token(self, identity: Identity) -> None:
        with pytest.raises(ProblemError):
            identity.caller_of("Bearer rog_nonsense", b"certificate")

    def test_fingerprint_is_no_token(self, made: ApiWorld, identity: Identity) -> None:
        text = "rog_public"
        [known] = made.node.store.credentials_of("machine")
        made.node.store.add_credential(
            replace(known, digest=token_digest(text)), others_end_ms=None
        )
        with pytest.raises(ProblemError):
            identity.caller_of(f"Bearer {text}", None)

    def test_that_has_expired_is_refused(
        self, made: ApiWorld, identity: Identity
    ) -> None:
        made.parties.clock.at_ms += DAY_MS
        with pytest.raises(ProblemError):
            identity.caller_of(None, b"certificate")
        made.parties.clock.at_ms -= DAY_MS


class TestWhatGoesWrong:
    def test_gets_out_as_an_answer_and_never_as_content(
        self, made: ApiWorld, call: Calls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def flaw(*_: object, **__: object) -> None:
            raise KeyError("a serial number")

        with monkeypatch.context() as patched:
            patched.setattr(type(made.node.store), "list_for_desks", flaw)
            answer = call("reader").get("/v1/messages")
        assert code(answer, 500) == "internal"
        assert "serial" not in answer.text

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/v1/no-such-path", 404),
            ("GET", "/", 404),
            ("GET", "/docs", 404),
            ("DELETE", "/v1/messages", 405),
            ("PUT", "/v1/me", 405),
        ],
    )
    def test_is_a_problem_document_on_every_path(
        self, call: Calls, method: str, path: str, status: int
    ) -> None:
        code(call("reader").request(method, path), status)

    @pytest.mark.parametrize(
        ("path", "allowed"),
        [("/v1/messages", "GET, POST"), (f"/v1/messages/{'0' * 64}", "GET")],
    )
    def test_names_every_method_that_a_path_takes(
        self, call: Calls, path: str, allowed: str
    ) -> None:
        answer = call("reader").delete(path)
        assert code(answer, 405) == "method-not-allowed"
        assert answer.headers["allow"] == allowed

    def test_refusals_of_clients_are_kept_and_bounded(
        self, made: ApiWorld, call: Calls
    ) -> None:
        made.parties.clock.at_ms += 60_000
        for _ in range(70):
            call("administrator").get(f"/v1/messages/{'0' * 64}")
        kept = made.node.store.client_refusals("administrator", 1000)
        assert len(kept) == 60
        assert kept[0].what == "GET /v1/messages/{id}"
        assert kept[0].code == "forbidden"


async def test_a_client_that_leaves_ends_nothing_but_its_request(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    head = [(b"authorization", f"Bearer {clients['submitter'].token}".encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/messages",
        "raw_path": b"/v1/messages",
        "query_string": b"",
        "headers": [
            *head,
            (b"idempotency-key", b"x"),
            (b"content-type", b"application/json"),
        ],
        "http_version": "1.1",
        "scheme": "http",
        "client": None,
        "server": None,
    }
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        await asyncio.sleep(0)
        said.append(message)

    await made.app(scope, receive, send)
    assert not [one for one in said if one.get("status") == 500]
