"""Which adapters a node has, as its operator wrote it in `adapters.toml`.

What may be set for each is left to its kind; finding the kind, to `kinds`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from broker.app.node_folder import Node
from broker.core.errors import ConfigurationError, HandlingError
from broker.core.handling import Europol, Handling, IntendedUse
from broker.core.handover import Taker
from broker.core.policy.rule import Ceiling

FILE: Final = "adapters.toml"
FOLDER: Final = "adapters"
"""Under a node's folder: a private folder for each adapter."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_MAX_SIZE: Final = 1 << 20  # bytes
_WORDS: Final = {
    "missing": "has to be given",
    "extra_forbidden": "is not known here; remove it, or correct its name",
}
_MODEL: Final = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """One adapter, as it is configured.

    Attributes:
        name: By which people and the policy's routes call it.
        kind: What it speaks to.
        taker: Who is given contents by it, and what for.
        ceiling: The strictest handling that may go there.
        enabled: Whether it is to run.
        settings: For its kind, as they were read.
        folder: Its own; made when it first runs.
    """

    name: str
    kind: str
    taker: Taker
    ceiling: Ceiling
    enabled: bool
    settings: Mapping[str, object]
    folder: Path

    @property
    def file(self) -> Path:
        """Where it is configured, for people who have to correct it."""
        return self.folder.parent.parent / FILE


class _Table(BaseModel):
    model_config = _MODEL

    kind: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    desk: str | None = Field(default=None, min_length=1, max_length=100)
    agency: str | None = Field(default=None, min_length=1, max_length=100)
    purpose: str | None = None
    ceiling: str
    enabled: bool = True
    settings: dict[str, object] = Field(default_factory=dict)


def configuration_file(node: Node) -> Path:
    """Returns where the adapters of a node are configured."""
    return node.folder.root / FILE


def configured(node: Node) -> Mapping[str, Configured]:
    """Returns the adapters of a node, by name; none when there is no such file.

    Raises:
        ConfigurationError: It cannot be read, or says something that does not hold.
    """
    path = configuration_file(node)
    if not path.exists():
        return MappingProxyType({})
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
        text = data.decode("utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{path}: {error}") from None
    if len(data) > _MAX_SIZE:
        raise ConfigurationError(f"{path} has more than {_MAX_SIZE} bytes")
    return read_configuration(path, text)


def read_configuration(path: Path, text: str) -> Mapping[str, Configured]:
    """Returns the adapters that a file, as it is or is about to be, says there are.

    Args:
        path: Of the file.
        text: What is in it.

    Raises:
        ConfigurationError: It is no TOML, or says something that does not hold.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: {error}") from None
    return MappingProxyType(
        {name: _read(path, name, table) for name, table in tables.items()}
    )


def named(node: Node, name: str) -> Configured:
    """Returns one adapter.

    Raises:
        ConfigurationError: None of this name is configured.
    """
    known = configured(node)
    if name not in known:
        others = ", ".join(known) or "none"
        raise ConfigurationError(
            f"no adapter {name} in {configuration_file(node)}; there are: {others}"
        )
    return known[name]


def read_ceiling(text: str) -> Ceiling:
    """Reads the strictest handling that may go to a system.

    Raises:
        HandlingError: It is not one.
    """
    handling = Handling.parse(text)
    if Europol.H0 in handling.europol:
        raise HandlingError("no H0 in a ceiling: every ceiling covers it")
    return Ceiling(tlp=handling.tlp, codes=handling.europol, pap=handling.pap)


def places(error: ValidationError, at: str) -> str:
    """Returns what does not hold, place by place, and never a value."""
    return "; ".join(
        ".".join([at, *map(str, one["loc"])])
        + f": {_WORDS.get(one['type']) or one['msg'].removeprefix('Value error, ')}"
        for one in error.errors(
            include_input=False, include_url=False, include_context=False
        )
    )


def _read(path: Path, name: str, table: object) -> Configured:
    if not _NAME.match(name):
        raise ConfigurationError(
            f"{path}: {name!r} is no name of an adapter: at most 40 small letters, "
            "digits and hyphens, beginning with a letter"
        )
    try:
        read = _Table.model_validate(table)
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {places(error, name)}") from None
    use = None if read.purpose is None else IntendedUse.from_word(read.purpose)
    if read.purpose is not None and use is None:
        known = ", ".join(IntendedUse.words())
        raise ConfigurationError(f"{path}: {name}.purpose: expected one of {known}")
    try:
        ceiling = read_ceiling(read.ceiling)
    except HandlingError as error:
        raise ConfigurationError(f"{path}: {name}.ceiling: {error}") from None
    desk = read.desk or name
    return Configured(
        name=name,
        kind=read.kind,
        taker=Taker(desk=desk, agency=read.agency or desk, use=use),
        ceiling=ceiling,
        enabled=read.enabled,
        settings=MappingProxyType(read.settings),
        folder=path.parent / FOLDER / name,
    )
