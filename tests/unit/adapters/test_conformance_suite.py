"""The conformance suite finds what it is there to find: each flaw by its test."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, ConfigDict

from adapters.conformance import AdapterConformance, Bench, ConformanceError
from adapters.contract import AdapterDefaults, AdapterKind
from adapters.errors import SystemAwayError
from adapters.values import Consumed, Delivery, Emission, Received, Withdrawal
from broker.core.handling import Handling, Tlp
from keys.framing import sha256
from tests.adapter_world import bound_deliveries

SECRET = "a secret that shows nowhere"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    place: str


class Lax(BaseModel):
    place: str


@dataclass(slots=True)
class System:
    """What stands at the other end."""

    there: bool = True
    held: list[tuple[bytes, object]] = field(default_factory=list)


@dataclass(slots=True)
class Sound(AdapterDefaults):
    """An adapter without a flaw; each flaw is one method of another."""

    system: System

    def reach(self) -> System:
        if not self.system.there:
            raise SystemAwayError("nobody there")
        return self.system

    def marked(self, delivery: Delivery) -> Handling:
        return delivery.handling

    def put(self, one: Delivery) -> None:
        held = self.reach().held
        if all(digest != one.message_digest for digest, _ in held):
            held.append((one.message_digest, one.document))

    async def deliver(self, delivery: Delivery) -> Consumed:
        self.put(delivery)
        given = Emission(
            target="held", sha256=sha256(b""), handling=self.marked(delivery)
        )
        return Consumed(emissions=(given,))

    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:
        system = self.reach()
        system.held = [
            one for one in system.held if one[0] != withdrawal.message_digest
        ]
        return Consumed()


class Repeating(Sound):
    def put(self, one: Delivery) -> None:
        self.reach().held.append((one.message_digest, one.document))


class Forgetful(Sound):
    """Knows repetitions only as long as it runs."""

    known: set[bytes]

    def put(self, one: Delivery) -> None:
        known = self.__dict__.setdefault("known", set())
        if one.message_digest not in known:
            known.add(one.message_digest)
            self.reach().held.append((one.message_digest, one.document))


class Pretending(Sound):
    def reach(self) -> System:
        return self.system if self.system.there else System()


class Loosening(Sound):
    def marked(self, delivery: Delivery) -> Handling:  # noqa: ARG002 - a flaw
        return Handling(tlp=Tlp.GREEN)


class Dropping(Sound):
    """Marks with the label and leaves the restrictions out."""

    def marked(self, delivery: Delivery) -> Handling:
        return Handling.parse(str(delivery.handling))


class Keeping(Sound):
    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:  # noqa: ARG002 - a flaw
        return Consumed(note="kept")


class Clearing(Sound):
    async def withdraw(self, withdrawal: Withdrawal) -> Consumed:  # noqa: ARG002 - a flaw
        self.reach().held.clear()
        return Consumed()


class Telling(Sound):
    def reach(self) -> System:
        if not self.system.there:
            raise SystemAwayError(f"refused for {SECRET}")
        return self.system


class Logging(Sound):
    def reach(self) -> System:
        structlog.get_logger("theirs").info("calling", token=SECRET)
        return Sound.reach(self)


class Touching(Sound):
    async def check(self) -> Sequence[Any]:
        self.system.held.append((b"looked", None))
        return ()


class Swallowing(Sound):
    async def mend(self, received: Received) -> None:
        """Takes anything."""


@dataclass(slots=True)
class SystemBench:
    """The bench of any of these."""

    make: Callable[[System], Any]
    model: type[BaseModel] = Strict
    system: System = field(default_factory=System)

    @property
    def kind(self) -> AdapterKind[Any]:
        return AdapterKind(
            name="any",
            title="any",
            settings=self.model,
            make=lambda *_: self.make(self.system),
        )

    @property
    def settings(self) -> Mapping[str, object]:
        return {"place": "here"}

    @property
    def deliveries(self) -> Sequence[Delivery]:
        return bound_deliveries()

    @property
    def secrets(self) -> Sequence[str]:
        return (SECRET,)

    async def held(self) -> object:
        return list(self.system.held)

    async def holds(self, delivery: Delivery) -> bool:
        return any(one == delivery.message_digest for one, _ in self.system.held)

    async def go_away(self) -> None:
        self.system.there = False

    async def come_back(self) -> None:
        self.system.there = True


def suite(bench: SystemBench) -> AdapterConformance:
    """Returns the suite for a bench; each test gets the system anew."""

    class Held(AdapterConformance):
        def bench(self, folder: Path) -> AbstractAsyncContextManager[Bench]:  # noqa: ARG002 - needs none
            @asynccontextmanager
            async def entered() -> AsyncIterator[Bench]:
                yield replace(bench, system=System())

            return entered()

    return Held()


TESTS = sorted(name for name in vars(AdapterConformance) if name.startswith("test_"))


@pytest.mark.parametrize("name", TESTS)
def test_an_adapter_without_a_flaw_passes(name: str, tmp_path: Path) -> None:
    getattr(suite(SystemBench(Sound)), name)(tmp_path)


@pytest.mark.parametrize(
    ("flawed", "name"),
    [
        (Repeating, "test_delivered_twice_has_the_effect_of_once"),
        (Forgetful, "test_a_crash_before_the_acknowledgement_is_harmless"),
        (Pretending, "test_a_system_that_is_away_is_told_apart"),
        (Loosening, "test_handling_is_never_loosened"),
        (Dropping, "test_handling_is_never_loosened"),
        (Keeping, "test_what_is_withdrawn_is_given_up"),
        (Clearing, "test_what_is_withdrawn_is_given_up"),
        (Telling, "test_secrets_show_nowhere"),
        (Logging, "test_secrets_show_nowhere"),
        (Touching, "test_looking_changes_nothing_there"),
        (Swallowing, "test_what_cannot_be_used_is_rejected"),
    ],
)
def test_each_flaw_is_found(flawed: type[Sound], name: str, tmp_path: Path) -> None:
    with pytest.raises(ConformanceError):
        getattr(suite(SystemBench(flawed)), name)(tmp_path)


def test_settings_that_take_anything_are_found(tmp_path: Path) -> None:
    held = suite(SystemBench(Sound, model=Lax))
    with pytest.raises(ConformanceError):
        held.test_unknown_settings_are_refused(tmp_path)
