"""Every lifecycle there is, by what opens it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from broker.core.cases.assistance import NEED, OFFER, PROJECT, REVIEW
from broker.core.cases.certificates import CERTIFICATE, VERIFICATION
from broker.core.cases.diversion import DIVERSION
from broker.core.cases.figures import FIGURES
from broker.core.cases.holdings import DISPOSITION, RECOVERY, STOCK_LOSS
from broker.core.cases.lifecycle import Lifecycle
from broker.core.cases.notices import LEAD, NOTICE, PROFILE
from broker.core.cases.operation import OPERATION
from broker.core.cases.permissions import PERMISSION
from broker.core.cases.plan import PLAN
from broker.core.cases.practices import COMPONENT, MARKING
from broker.core.cases.recalls import CORRECTION, RECALL
from broker.core.cases.reexports import REEXPORT
from broker.core.cases.route import ROUTE
from broker.core.cases.trace import TRACE

LIFECYCLES: Final[tuple[Lifecycle, ...]] = (
    TRACE,
    DIVERSION,
    PLAN,
    ROUTE,
    CERTIFICATE,
    VERIFICATION,
    REEXPORT,
    RECOVERY,
    STOCK_LOSS,
    DISPOSITION,
    COMPONENT,
    MARKING,
    NOTICE,
    LEAD,
    PROFILE,
    NEED,
    OFFER,
    PROJECT,
    REVIEW,
    OPERATION,
    FIGURES,
    PERMISSION,
    RECALL,
    CORRECTION,
)
"""In the order in which pages list them."""

BY_OPENING: Final[Mapping[str, Lifecycle]] = MappingProxyType(
    {kind: lifecycle for lifecycle in LIFECYCLES for kind in lifecycle.opens}
)
"""By kind without version; no kind opens two."""
