"""A folder of a hub or a node: taken into use once, and its settings written.

What else lies in it is left to `founding` and `joining`.
"""

import json
from pathlib import Path

from broker.core.errors import ConfigurationError


def claim(root: Path, settings: Path) -> None:
    """Makes the folder `root`, or refuses one that is in use.

    Raises:
        ConfigurationError: `settings` is there already, or it cannot be made.
    """
    if settings.exists():
        raise ConfigurationError(
            f"{root} is in use already; choose another folder, or remove it first"
        )
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(f"cannot make {root}: {error.strerror}") from error


def write_settings(path: Path, values: dict[str, str | int]) -> None:
    """Writes settings as TOML."""
    # JSON strings and integers are TOML strings and integers.
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
