"""How large a declaration or manifest may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one file; beyond them it is refused, never cut short.

    Attributes:
        size_max: Bytes.
        tags_max: Tags or attributes of XML, values of JSON.
        segments_max: Segments of EDIFACT.
        segment_max: Signs of one of them.
        bills_max: Bills or other consignments.
        lines_max: Lines of goods.
        text_max: Signs of one text that is kept; longer ones are shortened.
        remarks_max: Remarks that are kept; the rest is counted.
        marks_max: Words of one line that are looked at as possible serial numbers.
    """

    size_max: int = 32 * 1024 * 1024
    tags_max: int = 2_000_000
    segments_max: int = 1_000_000
    segment_max: int = 20_000
    bills_max: int = 50_000
    lines_max: int = 100_000
    text_max: int = 2_000
    remarks_max: int = 20
    marks_max: int = 200


LIMITS = Limits()
"""What is meant where nothing is said."""
