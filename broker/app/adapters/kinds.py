"""The kinds of adapters that are installed here, found by entry point.

No kind is named in the product: whoever installs a package with one has it.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from adapters.contract import Adapter, AdapterKind, Desk
from broker.app.adapters.configuration import Configured, places
from broker.core.errors import ConfigurationError

GROUP: Final = "rogatory.adapters"


def installed() -> dict[str, EntryPoint]:
    """Returns where each kind is, by name; nothing of it is loaded yet."""
    return {one.name: one for one in sorted(entry_points(group=GROUP))}


def load_kind(name: str) -> AdapterKind[Any]:
    """Returns a kind.

    Raises:
        ConfigurationError: It is not installed, cannot be loaded, or would take
            settings that nobody knows.
    """
    known = installed()
    if name not in known:
        raise ConfigurationError(
            f"no kind of adapter {name} is installed; there are: {', '.join(known)}"
        )
    try:
        kind = known[name].load()
    except Exception as error:
        raise ConfigurationError(
            f"the kind of adapter {name} ({known[name].value}) cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not isinstance(kind, AdapterKind) or kind.name != name:
        raise ConfigurationError(
            f"{known[name].value} is no kind of adapter of the name {name}"
        )
    if kind.settings.model_config.get("extra") != "forbid":
        raise ConfigurationError(
            f"the kind of adapter {name} would take settings that nobody knows"
        )
    return kind


def make_adapter(configured: Configured, desk: Desk) -> Adapter:
    """Returns an adapter as it is configured; it opens no connection yet.

    Raises:
        ConfigurationError: Its kind is not here, or its settings do not hold.
    """
    kind = load_kind(configured.kind)
    adapter: Adapter = kind.make(_settings(kind, configured), desk)
    return adapter


def check_settings(configured: Configured) -> None:
    """Looks whether an adapter could be made; nothing is opened or written.

    Raises:
        ConfigurationError: Its kind is not here, or its settings do not hold.
    """
    _settings(load_kind(configured.kind), configured)


def _settings(kind: AdapterKind[Any], configured: Configured) -> BaseModel:
    try:
        found: BaseModel = kind.settings.model_validate(dict(configured.settings))
    except ValidationError as error:
        wrong = places(error, f"{configured.name}.settings")
        raise ConfigurationError(f"{configured.file}: {wrong}") from None
    return found
