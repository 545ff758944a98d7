"""A federation whose trust rests on tokens: no private key is in any of its files."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from broker.app.exchange_files import JoinRequest
from broker.app.key_changes import KeyUse, changing_keys, next_role, rotation
from broker.app.node_folder import open_node
from broker.app.proposing import decide, rekey_party
from broker.infra.clock import SYSTEM_CLOCK
from keys import keystore
from keys.custody import Use, make_signer, open_signer
from keys.directory.ceremony import replace_steward
from keys.directory.codec import encode_party
from keys.directory.publishing import publish
from keys.directory.signers import public_of
from keys.directory.terms import Steward
from keys.errors import (
    CeremonyError,
    KeystoreUnlockError,
    TokenKeyNotFoundError,
    TokenNotFoundError,
    TokenPinError,
)
from keys.token_session import session
from tests.token_world import (
    KEN,
    NODE_PIN,
    PASSPHRASE,
    ROLE_PIN,
    STEWARD_PINS,
    Held,
    World,
    found_with_tokens,
)
from tests.tokens import Tokens


@pytest.fixture
def world(tmp_path: Path, token_folder: Tokens) -> World:
    return found_with_tokens(tmp_path / "a federation", token_folder)


@pytest.fixture
def nothing_inserted(world: World) -> Iterator[None]:
    """While it lasts, no token is in the machine."""
    world.tokens.take_away()
    yield
    world.tokens.bring_back()


def test_a_node_starts_and_its_party_is_in_the_directory(world: World) -> None:
    node = open_node(world.node.root)
    try:
        keys = node.unlock(NODE_PIN)
    finally:
        node.close()
    published = world.record().signing_keys
    assert [key.key_id for key in published] == [keys.holder.signing.public.key_id]
    assert len(public_of(keys.require_role())) == 65


def test_a_rotated_record_is_signed_in_the_token(world: World) -> None:
    node = open_node(world.node.root)
    try:
        keys = node.unlock(NODE_PIN)
        before, now_ms = world.version(), SYSTEM_CLOCK.now_ms()
        with changing_keys(node):
            rotated = rotation(node, keys, set(KeyUse))(world.record())
        submission = publish(
            KEN,
            signers=[keys.require_role()],
            version=before + 1,
            files={"record.pb": encode_party(rotated)},
            now_ms=now_ms,
        )
        world.repository().accept(submission, now_ms)
        assert world.version() == before + 1
        assert len(world.record().signing_keys) == 2
        # The new keys went into the same keystore, under the same token.
        newest = node.unlock(NODE_PIN)
        assert len(newest.signing) == 2
        assert keystore.protection(world.node.keys) is not None
    finally:
        node.close()


def test_stewards_replace_one_whose_token_was_lost(
    world: World, token_folder: Tokens
) -> None:
    pin = b"steward-new-5"
    held = Held(path=world.folder / "steward 4.key", secret=pin)
    new = make_signer(
        held.path, pin, use=Use.STEWARD, token=token_folder.make("s", pin)
    )
    lost = open_signer(world.stewards[0].path, world.stewards[0].secret)
    drafted = decide(
        world.hub,
        lambda terms: replace_steward(
            terms,
            next(s for s in terms.root.stewards if s.public == public_of(lost)),
            Steward(public=public_of(new), name="S0"),
        ),
        SYSTEM_CLOCK.now_ms(),
    )
    world.stewards.append(held)
    with pytest.raises(CeremonyError, match="not enough"):
        world.agree(drafted, 2, 3)
    world.agree(drafted, 1, 2, 3)
    world.stewards[0] = world.stewards.pop()


def test_a_party_is_given_a_role_key_in_another_token(
    world: World, token_folder: Tokens
) -> None:
    pin = b"role-new-6"
    token = token_folder.make("role", pin)
    node, now_ms = open_node(world.node.root), SYSTEM_CLOCK.now_ms()
    keys = node.unlock(NODE_PIN)
    with changing_keys(node):
        signer = next_role(node, keys, token=token, pin=pin)
        assert next_role(node, keys).public_key == signer.public_key  # made once
    request = JoinRequest(
        party=KEN,
        name="Kenya",
        role_keys=(public_of(signer),),
        submission=publish(
            KEN,
            signers=[signer],
            version=world.version() + 1,
            files={"record.pb": encode_party(world.record())},
            now_ms=now_ms,
        ),
    )
    world.agree(rekey_party(world.hub, request, now_ms), 0, 2)
    again = node.unlock(NODE_PIN).next_role
    node.close()
    assert again is not None
    assert again.public_key == signer.public_key


def _secrets_of(world: World) -> dict[str, bytes]:
    node = keystore.load(world.node.keys, NODE_PIN)
    assert "role" not in node
    assert "role-token" in node
    return {
        **{f"PIN {pin!r}": pin for pin in (*STEWARD_PINS, NODE_PIN, ROLE_PIN)},
        **{
            f"node {name}": key
            for name, key in node.items()
            if not name.startswith("role-")
        },
        "steward": keystore.load(world.stewards[2].path, PASSPHRASE)["steward"],
    }


_FORMS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    bytes,
    base64.b64encode,
    lambda data: data.hex().encode(),
    lambda data: data.hex().upper().encode(),
    lambda data: base64.b32encode(data).rstrip(b"="),
)


def test_no_file_contains_a_private_key(world: World) -> None:
    kept = _secrets_of(world)
    files = [path for path in world.folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    for path in files:
        data = path.read_bytes()
        for name, secret in kept.items():
            for form in _FORMS:
                # The first 16 bytes of a key are as good as all of it, for a search.
                assert form(secret)[:16] not in data, f"{name} is in {path}"
        # The bus proves its own name to its clients with a key that decides nothing.
        if not path.is_relative_to(world.hub.root / "tls"):
            assert b"PRIVATE KEY" not in data, path


def test_with_every_file_and_no_token_nothing_opens(
    world: World, nothing_inserted: None
) -> None:
    del nothing_inserted
    for held in world.stewards[:2]:
        with pytest.raises(TokenNotFoundError):
            open_signer(held.path, held.secret)
    node = open_node(world.node.root)
    with pytest.raises(TokenNotFoundError):
        node.unlock(NODE_PIN)
    node.close()


def test_with_every_file_and_token_and_no_pin_nothing_opens(world: World) -> None:
    for number, held in enumerate(world.stewards[:2]):
        with pytest.raises(TokenPinError):
            open_signer(held.path, b"a guess %d" % number)
    with pytest.raises(KeystoreUnlockError):
        open_signer(world.stewards[2].path, b"a guess")
    node = open_node(world.node.root)
    with pytest.raises(TokenPinError):
        node.unlock(b"a guess")
    with pytest.raises(TokenPinError):
        node.unlock(PASSPHRASE)
    node.close()


def test_a_node_starts_without_the_token_of_its_role_but_publishes_nothing(
    world: World,
) -> None:
    with session(world.role, ROLE_PIN, write=True) as opened:
        for each in list(opened.get_objects()):
            each.destroy()
    node = open_node(world.node.root)
    keys = node.unlock(NODE_PIN)
    node.close()
    with pytest.raises(TokenKeyNotFoundError):
        publish(
            KEN,
            signers=[keys.require_role()],
            version=world.version() + 1,
            files={"record.pb": b""},
            now_ms=SYSTEM_CLOCK.now_ms(),
        )
