"""States that are no more, and the codes of those that followed (ISO 3166-3).

Which of them answers for an old record is for those States to say; this lists whom to
ask. Present codes are left to `broker.core.country_codes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_SOVIET: Final = "RUS ARM AZE BLR EST GEO KAZ KGZ LVA LTU MDA TJK TKM UKR UZB"
_YUGOSLAV: Final = "SRB BIH HRV MKD MNE SVN"

# Alpha-3, alpha-2, last year in the standard, name, successors.
_TABLE: Final = f"""
AFI|AI|1977|French Afars and Issas|DJI
ANT|AN|2010|Netherlands Antilles|BES CUW SXM
ATB|BQ|1979|British Antarctic Territory|ATA
ATN|NQ|1983|Dronning Maud Land|ATA
BUR|BU|1989|Burma|MMR
BYS|BY|1992|Byelorussian SSR|BLR
CSK|CS|1993|Czechoslovakia|CZE SVK
CTE|CT|1984|Canton and Enderbury Islands|KIR
DDR|DD|1990|German Democratic Republic|DEU
DHY|DY|1977|Dahomey|BEN
FXX|FX|1997|France, Metropolitan|FRA
GEL|GE|1979|Gilbert and Ellice Islands|KIR TUV
HVO|HV|1984|Upper Volta|BFA
JTN|JT|1986|Johnston Island|UMI
MID|MI|1986|Midway Islands|UMI
NHB|NH|1980|New Hebrides|VUT
NTZ|NT|1993|Neutral Zone|IRQ SAU
PCI|PC|1986|Pacific Islands (trust territory)|FSM MHL MNP PLW
PCZ|PZ|1980|Panama Canal Zone|PAN
PUS|PU|1986|United States Miscellaneous Pacific Islands|UMI
RHO|RH|1980|Southern Rhodesia|ZWE
SCG|CS|2006|Serbia and Montenegro|SRB MNE
SKM|SK|1975|Sikkim|IND
SUN|SU|1992|Union of Soviet Socialist Republics|{_SOVIET}
TMP|TP|2002|East Timor|TLS
VDR|VD|1977|Viet-Nam, Democratic Republic of|VNM
WAK|WK|1986|Wake Island|UMI
YMD|YD|1990|Yemen, Democratic|YEM
YUG|YU|2003|Yugoslavia|{_YUGOSLAV}
ZAR|ZR|1997|Zaire|COD
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerState:
    """A State that is no more.

    Attributes:
        code: Alpha-3 as it was.
        alpha_2: Alpha-2 as it was; some were given to another State since.
        until: Last year in the standard.
        name: In English.
        successors: Alpha-3 of those that followed, the first to ask in front.
    """

    code: str
    alpha_2: str
    until: int
    name: str
    successors: tuple[str, ...]


def _former() -> dict[str, FormerState]:
    rows = (line.split("|") for line in _TABLE.strip().splitlines())
    return {
        row[0]: FormerState(
            code=row[0],
            alpha_2=row[1],
            until=int(row[2]),
            name=row[3],
            successors=tuple(row[4].split()),
        )
        for row in rows
    }


FORMER_STATES: Final[Mapping[str, FormerState]] = MappingProxyType(_former())
"""By alpha-3."""


def successors(code: str) -> tuple[str, ...]:
    """Returns whom to ask about a State that is no more, by alpha-3.

    Returns:
        The States that followed, the first to ask in front; nothing for a code that
        is in use, or unknown.
    """
    former = FORMER_STATES.get(code)
    return () if former is None else former.successors


def related(a: str, b: str) -> bool:
    """Tells whether two codes can name one country: the same, or one follows it."""
    one, other = {a, *successors(a)}, {b, *successors(b)}
    return bool(one & other)
