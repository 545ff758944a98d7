"""The interface killed while systems hand in documents: nothing lost, nothing twice."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.federation import Federation, free_port
from tests.part import Part, rogatory
from tests.unit.broker.api.conftest import document

_DOCUMENTS = 24


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    folder = tmp_path_factory.mktemp("killed") / "federation"
    with Federation(folder, ("BEL", "KEN"), without_node=("BEL",)) as running:
        yield running


async def hand_in(client: httpx2.AsyncClient, number: int) -> list[str] | None:
    """Hands a document in; None when it was not acknowledged."""
    asked: dict[str, Any] = document("trace-info-request", case_reference=f"K-{number}")
    headers = {"Idempotency-Key": f"document-{number}"}
    while True:
        try:
            answer = await client.post("/v1/messages", json=asked, headers=headers)
        except httpx2.HTTPError:
            return None
        if answer.status_code != httpx2.codes.TOO_MANY_REQUESTS:
            break
        # So many of one client at a time; the same again, as the interface asks for.
        await asyncio.sleep(0.1)
    assert answer.status_code == 201, answer.text
    return [one["digest"] for one in answer.json()["messages"]]


async def test_every_document_is_sent_once_though_the_interface_is_killed(
    federation: Federation, tmp_path: Path
) -> None:
    member, secret = federation.members["KEN"], federation.passphrase_file
    port = free_port()
    node, token_file = member.node.folder.root, tmp_path / "token"
    made = await rogatory(
        "api", "init", "--node", node, "--passphrase-file", secret,
        "--port", str(port),
    )  # fmt: skip
    assert made.code == 0, made.stderr
    added = await rogatory(
        "api", "client", "add", "records", "--agency", "Police", "--role", "submit",
        "--token-file", token_file, "--node", node,
    )  # fmt: skip
    assert added.code == 0, added.stderr
    part = Part("api", ["api", "run", "--node", node, "--passphrase-file", secret])
    trusting = ssl.create_default_context(cafile=str(node / "api" / "authority.pem"))
    acknowledged: dict[int, list[str]] = {}
    before = len(member.node.store.sent(1000))

    for last in (False, True):
        await part.start()
        await part.until_said("ready at")
        async with httpx2.AsyncClient(
            base_url=f"https://127.0.0.1:{port}",
            verify=trusting,
            headers={"Authorization": f"Bearer {token_file.read_text().strip()}"},
            trust_env=False,
            timeout=60,
        ) as client:
            asked = [
                asyncio.create_task(hand_in(client, number))
                for number in range(_DOCUMENTS)
            ]
            if not last:
                # Killed in the middle of it: once some were acknowledged.
                await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
                await part.kill()
            answers = await asyncio.gather(*asked)
        for number, digests in enumerate(answers):
            if digests is not None:
                # What was acknowledged before is the same now.
                assert acknowledged.setdefault(number, digests) == digests

    assert len(acknowledged) == _DOCUMENTS
    sent = {one.message_digest.hex() for one in member.node.store.sent(1000)}
    assert {digest for one in acknowledged.values() for digest in one} <= sent
    assert len(sent) == before + _DOCUMENTS
    assert await part.stop() == 0
