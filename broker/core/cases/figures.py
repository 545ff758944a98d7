"""The lifecycle of the figures that a State returns for a year.

Which return of a year counts is left to `broker.core.indicators.returns`.
"""

from typing import Final

from broker.core.cases.sharing import shared_record

FIGURES: Final = shared_record(
    name="statistics",
    title="A State states its figures of a year",
    kind="statistics-return",
)
