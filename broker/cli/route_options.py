"""What the commands about routes share: options, and reading what they work on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from broker.app.routes import KnownRoute, Standing, known_routes, places_of
from broker.cli.output import note
from broker.cli.progress import shown_progress
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.handling import Tlp
from broker.core.routes.corridor import Corridor
from broker.core.routes.fusion import Fusion, LeftOut, fuse
from broker.core.routes.periods import day_of
from broker.core.routes.places import Gazetteer
from broker.infra.clock import SYSTEM_CLOCK
from keys.private_files import write_private

UpToOption = Annotated[
    str | None,
    typer.Option(
        "--up-to",
        metavar="LABEL",
        help="Look at nothing above this TLP label, such as TLP:GREEN; everything "
        "that this node may read if absent.",
    ),
]
LevelOption = Annotated[
    str,
    typer.Option(
        "--up-to",
        metavar="LABEL",
        help="TLP label of whoever gets the file: nothing above it is looked at.",
    ),
]
ExpiredOption = Annotated[
    bool, typer.Option("--expired", help="Count also what its origin lets expire.")
]
CountryOption = Annotated[
    str | None,
    typer.Option("--country", metavar="CODE", help="Only through this country."),
]
PlacesOption = Annotated[
    Path | None,
    typer.Option(
        "--places",
        help="List of UN/LOCODEs with positions (CSV); places.csv in the node's "
        "folder if absent.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asked to see.

    Attributes:
        up_to: A TLP label; None for everything.
        expired: Whether to count what has expired.
        country: Only through this country; None for all.
        places: List of UN/LOCODEs; None for that of the node.
    """

    up_to: str | None
    expired: bool = False
    country: str | None = None
    places: Path | None = None

    @property
    def level(self) -> Tlp:
        """The highest label that is looked at.

        Raises:
            HandlingError: It is no label.
        """
        return Tlp.RED if self.up_to is None else Tlp.from_label(self.up_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """What was found.

    Attributes:
        corridors: Those that were asked for, the best supported first.
        gazetteer: Where places lie.
        today: The day (UTC) on which it was looked at.
    """

    level: Tlp
    corridors: tuple[Corridor, ...]
    gazetteer: Gazetteer
    today: dt.date


def today() -> dt.date:
    """Returns the present day (UTC)."""
    return day_of(SYSTEM_CLOCK.now_ms())


def read_routes(
    node_dir: Path | None, passphrase_file: Path | None
) -> list[KnownRoute]:
    """Returns every route that the node may read."""
    with node_session(node_dir) as node, shown_progress("contents") as progress:
        keys = unlock(node, passphrase_file)
        return known_routes(node, keys, progress)


def fused(asked: Asked, node_dir: Path | None, passphrase_file: Path | None) -> Fused:
    """Returns the corridors that were asked for, and says what is no part of them.

    Raises:
        HandlingError: The level is no label.
        ConfigurationError: The list of places cannot be used.
    """
    level, day = asked.level, today()
    known = read_routes(node_dir, passphrase_file)
    with node_session(node_dir) as node:
        gazetteer = places_of(node, asked.places)
    standing = [one.report for one in known if one.standing is Standing.PUBLISHED]
    found = fuse(
        standing,
        level=level,
        today=day,
        with_expired=asked.expired,
        gazetteer=gazetteer,
    )
    _note_left_out(found, len(known) - len(standing))
    return Fused(
        level=level,
        corridors=tuple(_through(found.corridors, asked.country)),
        gazetteer=gazetteer,
        today=day,
    )


def check_new(*paths: Path | None) -> None:
    """Returns if none of the files that are to be written is there.

    Raises:
        ConfigurationError: One is.
    """
    for path in paths:
        if path is not None and path.exists():
            raise ConfigurationError(
                f"{path} is there already; choose another name, or move it away first"
            )


def write_file(path: Path, data: bytes) -> None:
    """Writes a file that only its owner can read, and says so.

    Raises:
        KeystoreError: It cannot be written.
    """
    write_private(path, data)
    note(f"written to {path}, readable by you alone")


def _through(corridors: Iterable[Corridor], country: str | None) -> Iterable[Corridor]:
    return (one for one in corridors if country is None or country in one.path)


def _note_left_out(found: Fusion, not_standing: int) -> None:
    """Says what was not counted: to the person at the terminal, in no file."""
    for why in LeftOut:
        count = sum(reason is why for _, reason in found.left_out)
        if count:
            note(f"{count} report(s) left out: {why.value}")
    if not_standing:
        note(f"{not_standing} report(s) left out: superseded or withdrawn")
