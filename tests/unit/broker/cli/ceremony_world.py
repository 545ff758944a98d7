"""Stewards on machines of their own, a hub, and sticks carried between them."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from broker.app.exchange_files import FederationFile, JoinRequest
from broker.settings import HubFolder
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.codec import encode_party
from keys.directory.model import DirectoryView
from keys.directory.publishing import publish
from keys.directory.signers import role_public, role_signer
from keys.identity import PartyId
from tests.unit.keys.directory.federation import NOW_MS, record_of, seed

if TYPE_CHECKING:  # which itself needs this module
    from tests.unit.broker.cli.conftest import Cli, Ended

DAY_MS = 86_400_000


@dataclass(slots=True)
class Ceremonies:
    """Three stewards and a hub, through the command line alone.

    Attributes:
        cli: Calls it.
        folder: Where everything is.
        now_ms: The present of every machine.
    """

    cli: "Cli"
    folder: Path
    now_ms: int = NOW_MS
    secret: Path = field(init=False)

    def __post_init__(self) -> None:
        """Writes the passphrase that everybody uses."""
        self.secret = self.folder / "secret"
        self.secret.write_text("known to every test", encoding="utf-8")

    @property
    def hub(self) -> HubFolder:
        """The hub's folder."""
        return HubFolder(self.folder / "a hub")

    def key(self, name: str) -> Path:
        """Returns the file of a steward's key, on that steward's machine."""
        return self.folder / f"machine of {name}" / f"{name}.keys"

    def card(self, name: str) -> Path:
        """Returns what a steward hands over."""
        return self.key(name).with_name(f"{name}.public.json")

    def make_stewards(self, *names: str) -> None:
        """Lets each make a key."""
        for name in names:
            self.ok("steward", "init", self.key(name), "--name", f"Steward {name}")

    def found(self, *names: str, threshold: int = 2) -> None:
        """Founds a federation that every steward signs."""
        self.make_stewards(*names)
        request = self.begin(*names, threshold=threshold)
        self.apply(request, self.sign(request, *names))

    def begin(self, *names: str, threshold: int = 2) -> Path:
        """Asks stewards to found a federation; returns the request."""
        cards = [part for name in names for part in ("--steward", self.card(name))]
        made = self.ok(
            *("federation", "init", self.hub.root, "--name", "Test"),
            *("--threshold", threshold, *cards),
        )
        return Path(made["request"])

    def ask(self, *arguments: object) -> Path:
        """Asks the stewards for something; returns the request."""
        command, *rest = arguments
        if command == "steward":
            command, rest = "steward " + str(rest[0]), rest[1:]
        words = str(command).split()
        made = self.ok("federation", *words, self.hub.root, *rest)
        return Path(made["request"])

    def sign(
        self, request: Path, *names: str, options: tuple[str, ...] = ()
    ) -> list[Path]:
        """Carries a request to stewards, who sign it; returns what they carry back."""
        found = []
        for name in names:
            signed = self.try_sign(request, name, *options)
            assert signed.code == 0, signed.err
            found.append(Path(signed.json["signature"]))
        return found

    def try_sign(self, request: Path, name: str, *options: object) -> "Ended":
        """Carries a request to a steward, who may refuse to sign it."""
        carried = self.key(name).parent / request.name
        if carried != request:
            shutil.copy(request, carried)
        return self.call(
            "steward", "sign", carried, "--key", self.key(name), "--yes", *options
        )

    def apply(self, request: Path, signatures: list[Path]) -> dict[str, Any]:
        """Puts a request into force; returns the record."""
        return self.ok("federation", "apply", self.hub.root, request, *signatures)

    def try_apply(self, request: Path, signatures: list[Path]) -> "Ended":
        """Tries to put a request into force."""
        return self.call("federation", "apply", self.hub.root, request, *signatures)

    def decide(
        self, *arguments: object, by: tuple[str, ...] = ("a", "b")
    ) -> dict[str, Any]:
        """Asks, has it signed by some, and puts it into force; returns the record."""
        request = self.ask(*arguments)
        return self.apply(request, self.sign(request, *by))

    def show(self) -> dict[str, Any]:
        """Returns what is in force."""
        return self.ok("federation", "show", self.hub.root)

    def view(self, name: str = "fresh", root: bytes | None = None) -> DirectoryView:
        """Returns the directory as a stranger verifies it."""
        trusted = root or FederationFile.read(self.hub.federation).root
        read = Archive(self.hub.directory).read
        client = DirectoryClient(self.folder / name, trusted, read)
        return client.refresh(self.now_ms)

    def join_request(
        self, party: str, *roles: str, threshold: int = 1, version: int = 1
    ) -> Path:
        """Writes what a party hands to the stewards; its keys are called `roles`."""
        code, names = PartyId(party), roles or (f"{party}/role",)
        record = replace(record_of(code), name=f"Focal point of {party}")
        request = JoinRequest(
            party=code,
            name=record.name,
            role_keys=tuple(role_public(seed(name)) for name in names),
            threshold=threshold,
            submission=publish(
                code,
                signers=[role_signer(seed(name)) for name in names],
                version=version,
                files={"record.pb": encode_party(record)},
                now_ms=NOW_MS,
            ),
        )
        path = self.folder / f"{party}-{version}.json"
        request.write(path)
        return path

    def call(self, *arguments: object) -> "Ended":
        """Calls a command that may fail."""
        words = [str(argument) for argument in arguments]
        needs = {"show", "pending", "history", "look"}.isdisjoint(words)
        secret = ("--passphrase-file", self.secret) if needs else ()
        return self.cli(*words, *secret, "--json")

    def ok(self, *arguments: object) -> dict[str, Any]:
        """Calls a command that must succeed; returns what it prints."""
        ended = self.call(*arguments)
        assert ended.code == 0, ended.err + ended.out
        found: dict[str, Any] = ended.json
        return found


def error_of(ended: "Ended") -> str:
    """Returns what a command that failed has said."""
    return str(ended.json["error"]["text"])
