"""Whether model, maker, type, calibre, year and country of one weapon go together.

The tables are our own and short, and so may be wrong: what does not agree with them is
a question, and a model that is not in them raises none. What a year or a mark says by
itself is left to `broker.core.linting.dates`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from broker.core.identification.calibres import same
from broker.core.identification.historic import related
from broker.core.identification.makers import Maker, canonical, maker_key
from broker.core.linting.calibre_signs import understood_calibre
from broker.core.linting.catalogue import LintCode
from broker.core.linting.findings import Finding, found
from broker.core.linting.model_table import MODELS
from broker.core.linting.section import Section

_TELLING: Final = 3  # signs that a name needs to count without its maker


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model.

    Attributes:
        name: As it is shown.
        makers: Names of the makers it is known of; empty: of any.
        types: Types that it can be described as.
        calibres: Designations; empty when they say nothing.
        first_year: In which it began.
    """

    name: str
    makers: tuple[str, ...]
    types: frozenset[str]
    calibres: tuple[str, ...]
    first_year: int


def model_of(text: str, make: str = "", country: str = "") -> Model | None:
    """Returns the model that a text means; None when the list has none.

    Args:
        text: As marked: "Model 17", "AK-47".
        make: Of the weapon, as marked: a bare number means something with it only.
        country: Of manufacture, alpha-3.
    """
    maker = canonical(make, country)
    key = _key(text)
    if make:
        bare = key.removeprefix(_key(make))
        key = bare or key
    model = _BY_NAME.get(key)
    if model is None:
        return None
    telling = len(key) >= _TELLING and not key.isdigit()
    if telling or (maker is not None and maker.name in model.makers):
        return model
    return None


def fitting(item: Section) -> Iterator[Finding]:
    """Yields what does not go together in the description of a firearm.

    Args:
        item: An `Item`, by JSON names.
    """
    firearm = item.inner("firearm")
    country = firearm.text("countryManufacture")
    maker = canonical(firearm.text("make"), country)
    model = model_of(firearm.text("model"), firearm.text("make"), country)
    if firearm.has("make"):
        yield from _maker(firearm, maker, country)
    if model is not None:
        yield from _model(firearm, model, maker)


def _maker(firearm: Section, maker: Maker | None, country: str) -> Iterator[Finding]:
    if maker is None:
        text = "the maker is not in the list of this software"
        yield found(LintCode.MAKER_UNKNOWN, firearm.at("make"), text)
        return
    if country and not any(related(country, one) for one in maker.countries):
        known = ", ".join(maker.countries)
        yield found(
            LintCode.MAKER_AND_COUNTRY,
            firearm.at("countryManufacture"),
            f"{maker.name} is known here for {known}, and {country} is named",
        )
    year = firearm.number("yearManufacture")
    if year and not maker.first_year <= year <= (maker.last_year or year):
        until = f" until {maker.last_year}" if maker.last_year else ""
        yield found(
            LintCode.MODEL_AND_YEAR,
            firearm.at("yearManufacture"),
            f"{maker.name} is known here from {maker.first_year}{until}",
        )


def _model(firearm: Section, model: Model, maker: Maker | None) -> Iterator[Finding]:
    if maker is not None and model.makers and maker.name not in model.makers:
        yield found(
            LintCode.MODEL_AND_MAKER,
            firearm.at("make"),
            f"{model.name} is known here of {' and '.join(model.makers)}",
        )
    kind = firearm.word("type", "FIREARM_TYPE_")
    if kind not in model.types | {"", "OTHER", "UNKNOWN", "BLANK_FIRING", "REPLICA"}:
        known = " or ".join(sorted(_words(one) for one in model.types))
        yield found(
            LintCode.MODEL_AND_TYPE,
            firearm.at("type"),
            f"{model.name} is known here as {known}",
        )
    calibre = understood_calibre(firearm.inner("calibre"))
    unfit = calibre and all(same(calibre, one) is False for one in model.calibres)
    if unfit and model.calibres:
        yield found(
            LintCode.MODEL_AND_CALIBRE,
            firearm.inner("calibre").at("raw"),
            f"{model.name} is known here in {' or '.join(model.calibres)}, "
            f"and {calibre} is named",
        )
    year = firearm.number("yearManufacture")
    if year and year < model.first_year:
        yield found(
            LintCode.MODEL_AND_YEAR,
            firearm.at("yearManufacture"),
            f"{model.name} is known here from {model.first_year} only",
        )


def _words(kind: str) -> str:
    return kind.lower().replace("_", " ")


def _key(text: str) -> str:
    key = maker_key(text)
    return re.sub(r"^(?:model|modell|modele|modelo|mod)(?=[0-9a-z])", "", key)


def _by_name() -> dict[str, Model]:
    table: dict[str, Model] = {}
    for line in re.sub(r";\n\s+", "; ", MODELS).strip().splitlines():
        names, makers, types, calibres, year = (one.strip() for one in line.split("|"))
        model = Model(
            name=names.split("; ")[0].upper(),
            makers=tuple(filter(None, makers.split("; "))),
            types=frozenset(types.split()),
            calibres=tuple(filter(None, calibres.split("; "))),
            first_year=int(year),
        )
        for name in names.split("; "):
            table.setdefault(_key(name), model)
    return table


_BY_NAME: Final[Mapping[str, Model]] = MappingProxyType(_by_name())
