"""A whole ceremony on the command line, with stewards whose keys are in tokens."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from broker.app.founding import begin_founding
from broker.app.joining import make_node
from broker.app.steward_desk import make_steward
from broker.cli.main import main
from keys.custody import protection
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.token_uri import TokenUri
from tests.federation import silence_services
from tests.tokens import PIN, Tokens

POLICY = Path(__file__).parents[2] / "examples" / "policies" / "ken.yaml"
SECRETS = {
    "Ada": b"pin-of-ada",
    "Ben": b"pin-of-ben",
    "Cay": b"known to the hub and to Cay",
    "Dee": b"pin-of-dee",
    "node": PIN,
}

Run = Callable[..., str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls a command that ends with a code; returns what it said."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object, code: int = 0) -> str:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        said = "".join(capsys.readouterr())
        silence_services()
        assert (end.value.code or 0) == code, said
        return said

    return call


@pytest.fixture(autouse=True)
def _cheap_keystores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares these tests what keeps guessers out."""
    cost = UNSAFE_THROWAWAY_COST
    for name, function in (
        ("broker.cli.steward.make_steward", partial(make_steward, cost=cost)),
        ("broker.cli.federation.begin_founding", partial(begin_founding, cost=cost)),
        ("broker.cli.node.make_node", partial(make_node, cost=cost)),
    ):
        monkeypatch.setattr(name, function)


class Room:
    """Where stewards meet: their files, a hub, and what is carried about."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder = folder
        self.hub = folder / "hub"
        self.run = run
        for name, secret in SECRETS.items():
            self.secret(name).write_bytes(secret)

    def secret(self, name: str) -> Path:
        """Returns the file with somebody's passphrase or PIN."""
        return self.folder / f"secret of {name}"

    def key(self, name: str) -> Path:
        """Returns the file of a steward's key."""
        return self.folder / f"{name}.key"

    def steward(self, name: str, token: TokenUri | None = None) -> Path:
        """Makes a steward's key; returns the card that is handed over."""
        place = () if token is None else ("--token", token)
        secret = ("--passphrase-file", self.secret(name))
        self.run("steward", "init", self.key(name), "--name", name, *place, *secret)
        (card,) = self.folder.glob(f"{name}*.public.json")
        return card

    def sign(self, request: Path, name: str, code: int = 0) -> Path:
        """Lets a steward sign; returns the signature."""
        signature = request.with_name(f"{request.stem} by {name}.json")
        self.run(
            *("steward", "sign", request, "--key", self.key(name), "--yes"),
            *("--out", signature, "--passphrase-file", self.secret(name)),
            code=code,
        )
        return signature

    def decide(self, request: Path, *names: str) -> None:
        """Lets stewards sign a request, and applies it."""
        signatures = [self.sign(request, name) for name in names]
        opened = ("--passphrase-file", self.secret("Cay"))
        self.run("federation", "apply", self.hub, request, *signatures, *opened)


def test_a_federation_is_founded_joined_and_renewed_with_tokens(
    tmp_path: Path, run: Run, token_folder: Tokens, token: TokenUri
) -> None:
    room = Room(tmp_path, run)
    cards = [
        room.steward(name, token_folder.make(name, SECRETS[name]))
        for name in ("Ada", "Ben")
    ]
    cards.append(room.steward("Cay"))
    founding = tmp_path / "founding.json"
    run(
        *("federation", "init", room.hub, "--name", "Test", "--threshold", 2),
        *(word for card in cards for word in ("--steward", card)),
        *("--out", founding, "--passphrase-file", room.secret("Cay")),
    )
    room.decide(founding, "Ada", "Ben", "Cay")
    run(
        *("node", "init", tmp_path / "node", "--party", "KEN", "--name", "Kenya"),
        *("--federation", room.hub / "federation.json", "--policy", POLICY),
        *("--token", token, "--role-token", token),
        *("--passphrase-file", room.secret("node")),
    )
    enrolment, join = tmp_path / "enrolment.json", tmp_path / "node/join-request.json"
    run("federation", "enrol", room.hub, join, "--out", enrolment)
    room.decide(enrolment, "Ada", "Ben")
    assert "KEN" in run("federation", "show", room.hub)

    # Ada's token is lost: the two others put Dee's in its place.
    card = room.steward("Dee", token_folder.make("Dee", SECRETS["Dee"]))
    succession = tmp_path / "succession.json"
    run(
        *("federation", "steward", "replace", room.hub, "Ada", card),
        *("--out", succession),
    )
    room.decide(succession, "Ben", "Cay", "Dee")
    shown = run("federation", "show", room.hub)
    assert "Dee" in shown
    assert "Ada" not in shown
    for name in ("Ada", "Ben", "Dee"):
        assert protection(room.key(name)) is not None


def test_a_steward_without_token_or_pin_signs_nothing(
    tmp_path: Path, run: Run, token_folder: Tokens
) -> None:
    room = Room(tmp_path, run)
    card = room.steward("Ada", token_folder.make("Ada", SECRETS["Ada"]))
    founding = tmp_path / "founding.json"
    run(
        *("federation", "init", room.hub, "--name", "Test", "--threshold", 1),
        *("--steward", card, "--out", founding),
        *("--passphrase-file", room.secret("Cay")),
    )
    token_folder.take_away()
    try:
        signature = room.sign(founding, "Ada", code=69)
    finally:
        token_folder.bring_back()
    assert not signature.exists()
    room.secret("Ada").write_bytes(b"a guess")
    assert not room.sign(founding, "Ada", code=77).exists()
    assert not (room.hub / "hub.toml").exists()
