"""Reads the table of countries and organisations that comes with this package.

Codes and English names of countries are taken from the data set "country-codes" of
the DataHub core data sets (Public Domain Dedication and Licence 1.0), which has them
from ISO 3166-1, the United Nations' M49 and UNTERM, and the Unicode CLDR; some names in
common use were added. Codes of organisations are those of ICAO Doc 9303, part 3.
"""

import csv
import functools
import io
from importlib import resources

from broker.core.countries import Countries, Country
from keys.identity import PartyId


@functools.cache
def countries() -> Countries:
    """Returns the table."""
    text = resources.files("broker.infra").joinpath("countries.csv").read_text("utf-8")
    return Countries.of(
        Country(
            code=PartyId(row["alpha_3"]),
            alpha_2=row["alpha_2"],
            m49=row["m49"],
            names=tuple(row["names"].split("|")),
        )
        for row in csv.DictReader(io.StringIO(text))
    )
