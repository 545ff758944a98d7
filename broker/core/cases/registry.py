"""Every lifecycle there is, by what opens it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.core.cases.lifecycle import Lifecycle
from broker.core.cases.trace import TRACE

LIFECYCLES: Final[tuple[Lifecycle, ...]] = (TRACE,)
"""In the order in which pages list them."""

BY_OPENING: Final[Mapping[str, Lifecycle]] = MappingProxyType(
    {kind: lifecycle for lifecycle in LIFECYCLES for kind in lifecycle.opens}
)
"""By kind without version; no kind opens two."""
