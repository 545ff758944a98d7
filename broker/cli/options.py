"""Options that several commands share."""

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.core.errors import ConfigurationError

NODE_VARIABLE: Final = "ROGATORY_NODE"
HUB_VARIABLE: Final = "ROGATORY_HUB"

NodeOption = Annotated[
    Path | None,
    typer.Option("--node", help=f"Folder of the node (or set {NODE_VARIABLE})."),
]
HubOption = Annotated[
    Path | None,
    typer.Option("--hub", help=f"Folder of the hub (or set {HUB_VARIABLE})."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on standard output.")
]
AllOption = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Also what nodes send by themselves: heartbeats, recalls, answers.",
    ),
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File with the passphrase of the keystore; asked for when absent.",
    ),
]


def node_folder(given: Path | None) -> Path:
    """Returns the node's folder.

    Raises:
        ConfigurationError: None was named.
    """
    return _folder(given, NODE_VARIABLE, "--node")


def node_named(given: Path | None) -> bool:
    """Tells whether a node was named, by option or by variable."""
    return given is not None or bool(os.environ.get(NODE_VARIABLE))


def hub_folder(given: Path | None) -> Path:
    """Returns the hub's folder.

    Raises:
        ConfigurationError: None was named.
    """
    return _folder(given, HUB_VARIABLE, "--hub")


def _folder(given: Path | None, variable: str, option: str) -> Path:
    if given is not None:
        return given
    if named := os.environ.get(variable):
        return Path(named)
    raise ConfigurationError(f"which folder? Give {option} DIR, or set {variable}")
