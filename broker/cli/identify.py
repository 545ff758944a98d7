"""`rogatory identify`: what a mark or a number says, and what looks wrong about it.

Needs no node: nothing is looked up, and nothing is kept.
"""

from dataclasses import asdict
from typing import Annotated

import typer

from broker.cli.options import JsonOption
from broker.cli.output import note, print_json, say_item
from broker.core.codec.check_digits import (
    air_waybill_check_digit,
    container_check_digit,
    imo_check_digit,
)
from broker.core.country_codes import country_of_locode
from broker.core.identification.calibres import read as read_calibre
from broker.core.identification.historic import FORMER_STATES
from broker.core.identification.hs import goods_code, remark_on
from broker.core.identification.makers import canonical
from broker.core.identification.oddities import oddities
from broker.core.identification.scripts import scripts_of
from broker.core.identification.serials import keys_of

app = typer.Typer(help="What a mark, a number or a code says; nothing is looked up.")

_KEYS = (
    ("k0", "as read"),
    ("k1", "by shape, O as 0, I and L as 1"),
    ("k2", "by sound"),
    ("k3", "without letters between digits"),
    ("k4", "last digits, for readings in part"),
    ("look_alike", "with S, B, Z, G, Q, D as digits"),
)
_SHOWN = 12  # spellings of one key


@app.command("serial")
def serial(
    raw: Annotated[str, typer.Argument(help="As read; ? for what is not legible.")],
    mask: Annotated[
        str, typer.Option(help="Place by place, alternatives as [0O].")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Shows the keys that a serial number is found by, and what looks wrong in it."""
    keys, found = keys_of(raw, mask), oddities(raw)
    if as_json:
        print_json(
            {
                "raw": raw,
                "scripts": sorted(scripts_of(raw)),
                "keys": {name: sorted(getattr(keys, name)) for name, _ in _KEYS},
                "oddities": [asdict(one) for one in found],
            }
        )
        return
    for name, words in _KEYS:
        spellings = sorted(getattr(keys, name))
        more = " …" if len(spellings) > _SHOWN else ""
        shown = ", ".join(spellings[:_SHOWN]) + more
        say_item(f"{name:<11}", f"{shown or 'none'}  ({words})")
    for one in found:
        instead = f" Perhaps {one.instead}." if one.instead else ""
        note(f"warning: {one.text}: {one.advice}.{instead}")


@app.command("calibre")
def calibre(
    text: Annotated[str, typer.Argument(help="As marked: 9mm Luger, 7,62x39.")],
    as_json: JsonOption = False,
) -> None:
    """Shows what a calibre means: one designation, several, or none that is known."""
    found = read_calibre(text)
    if as_json:
        print_json({"raw": text, **asdict(found)})
        return
    if found.ambiguous:
        say_item("ambiguous  ", ", ".join(found.candidates))
        note("Say which one is meant, or leave it marked as ambiguous.")
    elif found.designation is None:
        note("This list does not know it: keep it as it was read.")
    else:
        say_item("designation  ", found.designation)
        if found.compatible:
            say_item("not the same, but fits  ", ", ".join(found.compatible))


@app.command("maker")
def maker(
    text: Annotated[str, typer.Argument(help="As marked: S&W, Crvena Zastava.")],
    country: Annotated[str, typer.Option(help="Of manufacture: SRB.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Shows which maker a name or an abbreviation means."""
    found = canonical(text, country)
    if as_json:
        print_json({"raw": text, "maker": None if found is None else asdict(found)})
        return
    if found is None:
        note("This list knows none of that name, or several: say the country.")
        return
    until = found.last_year or "now"
    say_item("maker  ", found.name)
    say_item("countries  ", ", ".join(found.countries))
    say_item("years  ", f"{found.first_year} to {until}, as commonly known")


@app.command("country")
def country(
    code: Annotated[str, typer.Argument(help="Three letters: SUN, YUG.")],
    as_json: JsonOption = False,
) -> None:
    """Shows who followed a State that is no more: whom to ask about its records."""
    found = FORMER_STATES.get(code.upper())
    if as_json:
        print_json({"code": code, "former": None if found is None else asdict(found)})
        return
    if found is None:
        note(f"{code.upper()} is no code of a State that is no more.")
        return
    say_item("was  ", f"{found.name}, until {found.until}")
    say_item("ask  ", ", ".join(found.successors))


@app.command("hs")
def hs(
    code: Annotated[str, typer.Argument(help="Such as 9302.00.")],
    as_json: JsonOption = False,
) -> None:
    """Shows what a code of the Harmonized System stands for, in chapter 93."""
    found = goods_code(code)
    if as_json:
        print_json(asdict(found))
        return
    say_item(f"{found.code}  ", found.title or "not of chapter 93, or not known here")
    if remark := remark_on(code):
        note(f"warning: expected {remark}")


@app.command("container")
def container(
    number: Annotated[str, typer.Argument(help="Such as CSQU3054383.")],
    as_json: JsonOption = False,
) -> None:
    """Checks the number of a freight container (ISO 6346)."""
    _checked(number, container_check_digit(number), as_json=as_json)


@app.command("imo")
def imo(
    number: Annotated[str, typer.Argument(help="Such as 9074729.")],
    as_json: JsonOption = False,
) -> None:
    """Checks the IMO number of a ship; real ones that fail are known."""
    _checked(number, imo_check_digit(number), as_json=as_json)


@app.command("waybill")
def waybill(
    number: Annotated[str, typer.Argument(help="Such as 020-12345675.")],
    as_json: JsonOption = False,
) -> None:
    """Checks the number of an air waybill."""
    _checked(number, air_waybill_check_digit(number), as_json=as_json)


@app.command("locode")
def locode(
    code: Annotated[str, typer.Argument(help="Such as BEANR.")],
    as_json: JsonOption = False,
) -> None:
    """Shows the country that a UN/LOCODE lies in. Whether it exists is not checked."""
    compact = code.replace(" ", "").upper()
    found = country_of_locode(compact)
    if as_json:
        print_json({"code": compact, "country": found})
        return
    if found is None:
        note("warning: its first two letters are no country (ISO 3166-1 alpha-2)")
        return
    say_item("country  ", found)


def _checked(number: str, digit: int | None, *, as_json: bool) -> None:
    holds = digit is not None and number.strip().endswith(str(digit))
    if as_json:
        print_json({"number": number, "check_digit": digit, "holds": holds})
        return
    if digit is None:
        note("warning: it has not the form of such a number")
    elif holds:
        say_item("check digit  ", "holds")
    else:
        note(f"warning: expected the check digit {digit}; look at the number again")
