"""Lists of one's own weapons: read from files, and kept so that they can be asked.

What such a file says is left to `broker.core.weapon_list_file`. Nothing of it
is ever sent.
"""

from pathlib import Path
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.matching import weapon_index
from broker.app.node_folder import Node
from broker.core.errors import ConfigurationError, DocumentError, DocumentProblem
from broker.core.weapon_list_file import WeaponList, parse_weapon_list
from broker.infra.country_table import countries
from broker.services.weapon_lists import WeaponLists

_MAX_SIZE: Final = 256 << 20  # characters
_MAX_NAME: Final = 100  # characters


def weapon_lists(node: Node, keys: NodeKeys) -> WeaponLists:
    """Returns what takes lists in, and out."""
    return WeaponLists(node.store, weapon_index(node, keys))


def read_weapon_list(path: Path, delimiter: str | None = None) -> WeaponList:
    """Reads a list from a file: comma-separated values in UTF-8.

    Args:
        path: The file.
        delimiter: What stands between cells; guessed when absent.

    Raises:
        DocumentError: It cannot be read, or is no such list.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read(_MAX_SIZE + 1)
    except OSError as error:
        raise _no_file(str(path), f"a readable file: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _no_file(
            f"byte {error.start} that is none of it",
            "UTF-8; save the list in that encoding",
        ) from error
    if len(text) > _MAX_SIZE:
        raise _no_file("more than that", f"at most {_MAX_SIZE >> 20} million signs")
    return parse_weapon_list(text, countries(), delimiter=delimiter)


def checked_name(name: str) -> str:
    """Returns the name of a list, tidied.

    Raises:
        ConfigurationError: Empty, too long, or with what steers a terminal.
    """
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > _MAX_NAME or not tidy.isprintable():
        raise ConfigurationError(
            f"a list is named in 1 to {_MAX_NAME} printable characters"
        )
    return tidy


def _no_file(found: str, expected: str) -> DocumentError:
    return DocumentError([DocumentProblem("", found, f"expected {expected}")])
