"""`rogatory api`: the interface made, clients registered, and called over TLS."""

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvloop

from broker.api.founding import (
    ApiFolder,
    ApiPlan,
    make_api,
    make_client_certificate,
    renew_if_due,
)
from broker.api.running import run_api
from broker.api.settings import read_api_settings
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from keys.certificates import read_certificate
from tests.federation import Federation, Member, silence_services
from tests.unit.broker.cli.conftest import Cli

_YEAR_MS = 366 * 86_400_000


@pytest.fixture(scope="module")
def kenya(federation: Federation) -> Member:
    return federation.members["KEN"]


@pytest.fixture
def folder(cli: Cli, kenya: Member, federation: Federation) -> ApiFolder:
    """The interface of Kenya's node, made by its command."""
    node = kenya.node.folder.root
    ended = cli(
        "api", "init", "--node", node, "--if-missing",
        "--passphrase-file", federation.passphrase_file, "--name", "api.example",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    return ApiFolder(node)


@contextmanager
def served(member: Member, folder: ApiFolder, **changes: object) -> Iterator[int]:
    """Runs the interface on a thread of its own; gives its port."""
    # A command before has set logging up to a standard error that is gone.
    silence_services()
    settings = read_api_settings(folder.settings).model_copy(
        update={"port": 0, **changes}
    )
    started, found = threading.Event(), []
    loop, stop = uvloop.new_event_loop(), asyncio.Event()

    def ready(port: int) -> None:
        found.append(port)
        started.set()

    def run() -> None:
        serving = run_api(member.node, member.keys, settings, SYSTEM_CLOCK, stop, ready)
        loop.run_until_complete(serving)
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert started.wait(20)
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def trusting(folder: ApiFolder, certificate: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder.authority))
    if certificate is not None:
        context.load_cert_chain(certificate)
    return context


def get(
    port: int, context: ssl.SSLContext, token: str | None = None, path: str = "/v1/me"
) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"https://127.0.0.1:{port}{path}"
    with httpx2.Client(verify=context, trust_env=False) as client:
        return client.get(url, headers=headers)


def add(cli: Cli, folder: ApiFolder, name: str, *arguments: object) -> Any:  # noqa: ANN401 - JSON
    ended = cli(
        "api", "client", "add", name, "--node", folder.root, "--agency", "Police",
        "--role", "read", "--desk", "police", "--json", *arguments,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    return ended.json


class TestMaking:
    def test_leaves_no_secret_that_others_could_read(self, folder: ApiFolder) -> None:
        for file in (folder.settings, folder.server, folder.authority_key):
            assert file.stat().st_mode & 0o077 == 0, file
        assert b"PRIVATE" not in folder.authority_key.read_bytes()
        assert b"PRIVATE" not in folder.authority.read_bytes()

    def test_names_the_server_as_clients_know_it(self, folder: ApiFolder) -> None:
        found = read_certificate(folder.server.read_bytes())
        assert {"api.example", "127.0.0.1", "localhost"} <= set(found.names)

    def test_is_done_once(
        self, cli: Cli, folder: ApiFolder, federation: Federation
    ) -> None:
        ended = cli(
            "api", "init", "--node", folder.root,
            "--passphrase-file", federation.passphrase_file,
        )  # fmt: skip
        assert ended.code == 78
        assert "is there already" in ended.err

    def test_the_certificate_is_renewed_before_it_expires(
        self, folder: ApiFolder, kenya: Member
    ) -> None:
        key, now_ms = kenya.keys.holder.store_key, SYSTEM_CLOCK.now_ms()
        kept = folder.server.read_bytes()
        before = read_certificate(kept)
        assert renew_if_due(folder, key, now_ms=now_ms) is None
        later_ms = now_ms + _YEAR_MS - 29 * 86_400_000
        made = renew_if_due(folder, key, now_ms=later_ms)
        assert made is not None
        assert made.names == before.names
        assert made.valid_to_ms > before.valid_to_ms
        assert renew_if_due(folder, key, now_ms=later_ms) is None
        folder.server.write_bytes(kept)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("surprise = 1", "surprise"),
            ('tls = "files"', "name a certificate"),
            ('tls = "none"\nrequire_client_certificate = true', "without TLS"),
            ("port = 70000", "port"),
            ("port = ", "cannot be read"),
            ('[oidc]\nissuer = "x"', "oidc"),
        ],
    )
    def test_settings_that_cannot_be_meant_are_refused(
        self, tmp_path: Path, text: str, problem: str
    ) -> None:
        file = tmp_path / "api.toml"
        file.write_text(text)
        with pytest.raises(ConfigurationError, match=problem):
            read_api_settings(file)


class TestAClient:
    def test_calls_with_its_token_over_tls(
        self, cli: Cli, folder: ApiFolder, kenya: Member
    ) -> None:
        made = add(cli, folder, "by-token")
        with served(kenya, folder) as port:
            older = trusting(folder)
            older.maximum_version = ssl.TLSVersion.TLSv1_2
            assert get(port, older, made["token"]).status_code == 200
            answer = get(port, trusting(folder), made["token"])
            stranger = get(port, trusting(folder))
            ready = get(port, trusting(folder), path="/v1/health/ready")
        assert answer.json()["client"] == "by-token"
        assert stranger.status_code == 401
        assert ready.json()["status"] == "ok"

    def test_calls_with_a_certificate_and_nothing_else(
        self, cli: Cli, folder: ApiFolder, kenya: Member, federation: Federation,
        tmp_path: Path,
    ) -> None:  # fmt: skip
        pem = tmp_path / "client.pem"
        made = add(
            cli, folder, "by-certificate", "--new-certificate", pem,
            "--passphrase-file", federation.passphrase_file,
        )  # fmt: skip
        assert "token" not in made
        assert pem.stat().st_mode & 0o077 == 0
        with served(kenya, folder, require_client_certificate=True) as port:
            answer = get(port, trusting(folder, pem))
            with pytest.raises((httpx2.HTTPError, ssl.SSLError)):
                get(port, trusting(folder))
        assert answer.json()["client"] == "by-certificate"

    def test_with_the_certificate_of_another_authority_does_not_get_in(
        self, folder: ApiFolder, kenya: Member, tmp_path: Path
    ) -> None:
        other = ApiFolder(tmp_path)
        now_ms, key = SYSTEM_CLOCK.now_ms(), b"k" * 32
        plan = ApiPlan(name="Somebody", host="127.0.0.1", port=1)
        make_api(other, plan, key, now_ms=now_ms)
        forged = make_client_certificate(
            other, key, "by-certificate", now_ms=now_ms, life_ms=_YEAR_MS
        )
        pem = tmp_path / "forged.pem"
        pem.write_bytes(forged.certificate + forged.key)
        with served(kenya, folder) as port:
            with pytest.raises((httpx2.HTTPError, ssl.SSLError)):
                get(port, trusting(folder, pem))
            assert get(port, trusting(folder)).status_code == 401

    def test_is_served_tls_1_2_at_least(self, folder: ApiFolder, kenya: Member) -> None:
        old = trusting(folder)
        with served(kenya, folder) as port:
            with pytest.warns(DeprecationWarning, match="TLSv1_1"):
                old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
            with pytest.raises((httpx2.HTTPError, ssl.SSLError)):
                get(port, old)
            assert get(port, trusting(folder)).status_code == 401

    def test_is_listed_and_shown_without_its_secret(
        self, cli: Cli, folder: ApiFolder
    ) -> None:
        token = add(cli, folder, "listed")["token"]
        listed = cli("api", "client", "list", "--node", folder.root)
        shown = cli("api", "client", "show", "listed", "--node", folder.root)
        assert "listed" in listed.out
        assert "Police" in shown.out
        assert token not in listed.out + shown.out + shown.err

    def test_gets_a_new_token_while_the_old_one_ends(
        self, cli: Cli, folder: ApiFolder, kenya: Member, tmp_path: Path
    ) -> None:
        old = add(cli, folder, "rotating")["token"]
        file = tmp_path / "token"
        ended = cli(
            "api", "client", "rotate", "rotating", "--overlap-hours", 0,
            "--token-file", file, "--node", folder.root,
        )  # fmt: skip
        assert ended.code == 0, ended.err
        assert file.stat().st_mode & 0o077 == 0
        with served(kenya, folder) as port:
            assert get(port, trusting(folder), old).status_code == 401
            new = file.read_text().strip()
            assert get(port, trusting(folder), new).status_code == 200

    def test_whose_token_cannot_be_kept_is_not_registered(
        self, cli: Cli, folder: ApiFolder, tmp_path: Path
    ) -> None:
        another = tmp_path / "token"
        another.write_text("rog_another\n", encoding="utf-8")
        for file in (another, another / "token"):
            ended = cli(
                "api", "client", "add", "unkept", "--agency", "Police", "--role",
                "submit", "--token-file", file, "--node", folder.root,
            )  # fmt: skip
            assert ended.code != 0
            assert kenya_has_no(folder, "unkept", cli)
        assert another.read_text(encoding="utf-8") == "rog_another\n"

    def test_at_whose_desk_nothing_arrives_is_told_so_at_once(
        self, cli: Cli, folder: ApiFolder
    ) -> None:
        for desk, warned in (("nobodys", True), ("*", False)):
            ended = cli(
                "api", "client", "add", f"waits-{len(desk)}", "--agency", "Police",
                "--role", "read", "--desk", desk, "--node", folder.root,
            )  # fmt: skip
            assert ended.code == 0, ended.err
            assert ("no import rule" in ended.err) == warned
            assert ("route: [nobodys]" in ended.err) == warned

    def test_is_revoked_for_good(
        self, cli: Cli, folder: ApiFolder, kenya: Member
    ) -> None:
        token = add(cli, folder, "leaving")["token"]
        ended = cli(
            "api", "client", "revoke", "leaving", "--yes", "--node", folder.root
        )
        assert ended.code == 0
        with served(kenya, folder) as port:
            assert get(port, trusting(folder), token).status_code == 401
        again = cli(
            "api", "client", "add", "leaving", "--agency", "Police", "--role", "read",
            "--desk", "police", "--node", folder.root,
        )  # fmt: skip
        assert again.code == 78
        assert "choose another name" in again.err
        refusals = cli("api", "refusals", "--client", "leaving", "--node", folder.root)
        assert "revoked" in refusals.out

    @pytest.mark.parametrize(
        "arguments",
        [
            ("Name With Spaces", "--agency", "A", "--role", "read", "--desk", "x"),
            ("no-desk", "--agency", "A", "--role", "read"),
            ("no-agency", "--agency", " ", "--role", "submit"),
            ("strange-desk", "--agency", "A", "--role", "read", "--desk", "\x00"),
        ],
    )
    def test_that_nobody_could_mean_is_refused(
        self, cli: Cli, folder: ApiFolder, arguments: tuple[str, ...]
    ) -> None:
        ended = cli("api", "client", "add", *arguments, "--node", folder.root)
        assert ended.code == 78
        assert kenya_has_no(folder, arguments[0], cli)


def kenya_has_no(folder: ApiFolder, name: str, cli: Cli) -> bool:
    """Tells whether no client of a name is registered."""
    return cli("api", "client", "show", name, "--node", folder.root).code == 78


def test_the_description_is_printed_without_a_node(cli: Cli, tmp_path: Path) -> None:
    printed = cli("api", "openapi")
    file = tmp_path / "openapi.json"
    cli("api", "openapi", "--output", file)
    assert file.read_text() == printed.out
    assert json.loads(printed.out)["openapi"] == "3.1.0"
