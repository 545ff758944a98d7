"""The strictest handling that may go somewhere, as a setting.

Which handling is stricter is left to `broker.core.adapting`.
"""

from typing import Annotated

from pydantic import BeforeValidator

from broker.core.errors import HandlingError
from broker.core.handling import Handling
from broker.core.policy.rule import Ceiling


def _ceiling(value: object) -> Ceiling:
    if isinstance(value, Ceiling):
        return value
    try:
        handling = Handling.parse(value if isinstance(value, str) else "")
    except HandlingError as error:
        raise ValueError(str(error)) from error
    return Ceiling(tlp=handling.tlp, codes=handling.europol, pap=handling.pap)


CeilingLabel = Annotated[Ceiling, BeforeValidator(_ceiling)]
"""The type of a setting such as "TLP:AMBER H2 PAP:RED"."""
