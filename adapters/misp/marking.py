"""Handling and grades as MISP has them: distribution and tags.

What cannot be said by a tag of a known taxonomy is a tag of our own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.values import Delivery
from broker.core.handling import Europol, Handling, Restrictions, Tlp
from broker.core.routes.grades import Grade

OWN_ORGANISATION: Final = "0"
_COMMUNITY: Final = "1"
_EVERYBODY: Final = "3"
_DISTRIBUTION: Final[Mapping[Tlp, str]] = MappingProxyType(
    {
        Tlp.CLEAR: _EVERYBODY,
        Tlp.GREEN: _COMMUNITY,
        # An organisation and its clients: whoever runs the instance shares it further
        # by a decision of their own.
        Tlp.AMBER: OWN_ORGANISATION,
        Tlp.AMBER_STRICT: OWN_ORGANISATION,
        Tlp.RED: OWN_ORGANISATION,
    }
)


def distribution(handling: Handling) -> str:
    """Returns how far MISP passes an event on by itself.

    What is bound by more than a TLP label goes no further than the organisation: MISP
    knows no distribution that would keep to it.
    """
    free = handling.europol <= {Europol.H0} and handling.restrictions == Restrictions()
    return _DISTRIBUTION[handling.tlp] if free else OWN_ORGANISATION


def tags(delivery: Delivery) -> list[str]:
    """Returns the tags of an event: TLP, PAP, codes, grades, and what it is."""
    handling = delivery.handling
    found = [handling.tlp.label.lower()]
    if handling.pap is not None:
        found.append(f"PAP:{handling.pap.name}")
    codes = sorted(handling.europol)
    found += [f'rogatory:europol-handling="{code.name}"' for code in codes]
    if handling.restrictions != Restrictions():
        found.append('rogatory:handling="restricted"')
    found.append(f'rogatory:kind="{delivery.kind}"')
    if delivery.warning:
        found.append('rogatory:state="doubted"')
    return found + _grades(Grade.of(delivery.document.get("evaluation")))


def _grades(grade: Grade | None) -> list[str]:
    if grade is None:
        return []
    source, information = grade.source.lower(), grade.information
    if grade.scheme == "admiralty":
        return [
            f'admiralty-scale:source-reliability="{source}"',
            f'admiralty-scale:information-credibility="{information}"',
        ]
    # Schemes are never converted into one another.
    return [f'rogatory:europol-evaluation="{source}{information}"']
