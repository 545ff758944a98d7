"""Made-up manifests and watch-lists, the same each time.

What is measured with them is left to `benchmarks.screening`.
"""

from types import MappingProxyType
from typing import Final

from adapters.customs.watchlist import Criteria, Entry, Urgency, Watchlist
from broker.core.codec.check_digits import container_check_digit, imo_check_digit
from broker.core.handling import Handling, Tlp
from broker.core.identification.ranges import Series
from keys.framing import sha256
from keys.identity import PartyId

PORTS: Final = ("KEMBA", "BEANR", "AEJEA", "MXZLO", "ZADUR", "NLRTM", "TRIST", "BRSSZ")
_GOODS: Final = ("930200", "9303", "930510", "930630", "360200", "848790", "630900")
_VESSELS: Final = 3_000
_MET: Final = 100  # of so many entries, one is met
_APART: Final = 500_000
_UNTIL_MS: Final = 4_000_000_000_000


def watchlist(count: int, *, alike: bool = False) -> Watchlist:
    """Returns a watch-list.

    Args:
        count: How many entries.
        alike: Whether all share goods, places, route and vessel: the worst there is.
    """
    entries = {}
    for at in range(count):
        port = PORTS[0] if alike else PORTS[at % len(PORTS)]
        criteria = Criteria(
            goods=frozenset({_GOODS[0] if alike else _GOODS[at % 5]}),
            places=frozenset({port}),
            containers=frozenset({container(at if at % _MET == 0 else at + _APART)}),
            vessels=frozenset({vessel(1 if alike else at)}),
            serials=frozenset({_series(at)}),
            parties=frozenset({party(f"name {at}")}),
            routes=frozenset({("BEL", "KEN")}),
        )
        name = f"W-{at:020x}"
        entries[name] = Entry(
            entry_id=name,
            version=1,
            origin=PartyId("BEL"),
            sources=(sha256(name.encode()),),
            case_reference="",
            handling=Handling(tlp=Tlp.AMBER),
            reasons=("DIVERSION_ALERT",),
            asks=("INSPECT",),
            urgency=Urgency.ROUTINE,
            criteria=criteria,
            valid_until_ms=_UNTIL_MS,
        )
    return Watchlist(revision=1, changed_ms=1, entries=MappingProxyType(entries))


def manifest(lines: int, *, alike: bool = False) -> bytes:
    """Returns an ASYCUDA-style manifest with one line of goods for each bill.

    Args:
        lines: How many.
        alike: Whether all go the same way with the same goods.
    """
    bills = "".join(_bill(at, alike=alike) for at in range(lines))
    transport = (
        "<Transport_information><Mode_of_transport_code>1</Mode_of_transport_code>"
        f"<Identity_of_transporter>IMO {vessel(1)}</Identity_of_transporter>"
        "</Transport_information>"
    )
    head = (
        "<General_segment><General_segment_id>"
        "<Customs_office_code>TEST</Customs_office_code>"
        "<Voyage_number>V1</Voyage_number></General_segment_id>"
        f"{transport}</General_segment>"
    )
    return f"<Awmds>{head}{bills}</Awmds>".encode()


def cuscar(lines: int) -> bytes:
    """Returns the same as a cargo report of EDIFACT."""
    segments = ["UNH+1+CUSCAR:D:95B:UN", "BGM+85+TEST+9"]
    segments.append(f"TDT+20+V1+1+++++{vessel(1)}:146")
    for at in range(lines):
        segments += (
            f"CNI+{at + 1}+TEST-{at}",
            "LOC+9+BEANR",
            f"LOC+11+{PORTS[at % len(PORTS)]}",
            f"NAD+CN+++CONSIGNEE {at}",
            "GID+1+12:CT",
            "FTX+AAA+++GOODS OF SOME SORT",
            "MEA+AAE+G+KGM:190.5",
            f"SGP+{container(at)}+12",
            f"PCI+28+ZZ{at % 97:02d}A-{at:05d}",
            f"CST+1+{_GOODS[at % len(_GOODS)]}",
        )
    segments.append(f"UNT+{len(segments) + 1}+1")
    body = "".join(f"{one}'" for one in segments)
    return f"UNB+UNOA:2+A+B+260401:0800+1'{body}UNZ+1+1'".encode()


def container(number: int) -> str:
    """Returns a container number with its check digit."""
    start = f"TEMU{number % 1_000_000:06d}"
    return f"{start}{container_check_digit(start + '0')}"


def vessel(number: int) -> str:
    """Returns an IMO number with its check digit."""
    start = f"{900_000 + number % _VESSELS}"
    return f"{start}{imo_check_digit(start + '0')}"


def party(name: str) -> str:
    """Returns a token of a name."""
    return sha256(name.encode())[:16].hex()


def _series(number: int) -> Series:
    """Returns ten numbers; those of every hundredth entry are in the manifest."""
    first = number if number % _MET == 0 else number + _APART
    head = f"ZZ{number % 97:02d}A"
    return Series(head=head, first=first, last=first + 9, foot="")


def _bill(number: int, *, alike: bool) -> str:
    port = PORTS[0] if alike else PORTS[number % len(PORTS)]
    code = _GOODS[0] if alike else _GOODS[number % len(_GOODS)]
    return (
        f"<Bol_segment><Bol_id><Bol_reference>TEST-{number}</Bol_reference>"
        "<Bol_nature>23</Bol_nature></Bol_id><Load_unload_place>"
        "<Place_of_loading_code>BEANR</Place_of_loading_code>"
        f"<Place_of_unloading_code>{port}</Place_of_unloading_code>"
        "</Load_unload_place><Traders_segment><Exporter>"
        f"<Exporter_name>Exporter {number}</Exporter_name></Exporter><Consignee>"
        f"<Consignee_name>Consignee {number}</Consignee_name></Consignee>"
        "</Traders_segment><ctn_segment>"
        f"<Ctn_reference>{container(number)}</Ctn_reference></ctn_segment>"
        "<Goods_segment><Number_of_packages>12</Number_of_packages>"
        "<Gross_mass>190.5</Gross_mass>"
        f"<Shipping_marks>CASE 1-12 ZZ{number % 97:02d}A-{number:05d}</Shipping_marks>"
        f"<Goods_description>Goods of lot {number}</Goods_description>"
        f"<Commodity_code>{code}</Commodity_code></Goods_segment></Bol_segment>"
    )
