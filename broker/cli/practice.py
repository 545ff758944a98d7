"""`rogatory practice`: which component counts as the weapon, and how it is marked."""

import datetime as dt
from typing import Annotated, Final

import typer

from broker.app.registers import practices_known
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.register_options import (
    OnOption,
    day_to_look_at,
    message_of,
    said_by,
    source_fields,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.registers.practices import Component, Marking, Practices

_COMPONENTS: Final = ("make", "family", "component", "since", "said by", "message")
_MARKINGS: Final = ("occasion", "mark", "form", "position", "meaning", "said by")
_LIST: Final = ("country", "components", "occasions of marking")

app = typer.Typer(
    no_args_is_help=True,
    help="What States publish: their controlled component, and how they mark weapons.",
)


@app.command("list")
def list_(
    on: OnOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the countries that have published something, and what is in force."""
    day = day_to_look_at(on)
    with node_session(node_dir) as node:
        known = practices_known(node, unlock(node, passphrase_file))
    if as_json:
        print_json(
            {
                "on": day.isoformat(),
                "countries": [_fields(known, one, day) for one in known.countries],
            }
        )
        return
    rows = [
        (
            country,
            ", ".join(
                f"{one.family or one.make or 'all'}: {one.component}"
                for one in known.components_on(country, day)
            ),
            ", ".join(one.occasion for one in known.markings_on(country, day)),
        )
        for country in known.countries
    ]
    print_table(_LIST, rows, empty="Nobody has published anything that is known here.")


@app.command("show")
def show(
    country: Annotated[str, typer.Argument(help="Whose: KEN.")],
    on: OnOption = None,
    make: Annotated[
        str, typer.Option(help="Of a manufacturer: what holds for its weapons.")
    ] = "",
    family: Annotated[
        str, typer.Option(help="Of a family of models: what holds for it.")
    ] = "",
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows what a State treats as the weapon, and how it has weapons marked, on a day.

    The declaration that has begun to hold last counts. With --make or --family only
    the one that is nearest to such a weapon is shown. What others say of a State is
    shown only where it has not spoken itself.
    """
    day = day_to_look_at(on)
    with node_session(node_dir) as node:
        known = practices_known(node, unlock(node, passphrase_file))
    components = known.components_on(country, day)
    if make or family:
        nearest = known.component_of(country, make, family, day)
        components = () if nearest is None else (nearest,)
    markings = known.markings_on(country, day)
    if as_json:
        print_json(_country_fields(country, day, components, markings))
        return
    print_table(
        _COMPONENTS,
        [_component_row(one) for one in components],
        empty=f"No controlled component of {country} is known to hold on {day}.",
    )
    rows = [row for one in markings for row in _marking_rows(one)]
    print_table(
        _MARKINGS, rows, empty=f"No marking practice of {country} is known on {day}."
    )
    for one in markings:
        if one.methods:
            note(f"{one.occasion}: {one.methods}")


def _component_row(one: Component) -> tuple[str, ...]:
    modular = " (modular)" if one.modular else ""
    return (
        one.make or "any",
        one.family or "all",
        one.component + modular,
        one.valid_from.isoformat(),
        said_by(one.statement),
        message_of(one.statement),
    )


def _marking_rows(one: Marking) -> list[tuple[str, ...]]:
    who = said_by(one.statement)
    return [
        (one.occasion, mark.kind, mark.form, mark.position, mark.meaning, who)
        for mark in one.marks
    ]


def _fields(known: Practices, country: str, day: dt.date) -> dict[str, object]:
    components = known.components_on(country, day)
    return _country_fields(country, day, components, known.markings_on(country, day))


def _country_fields(
    country: str,
    day: dt.date,
    components: tuple[Component, ...],
    markings: tuple[Marking, ...],
) -> dict[str, object]:
    return {
        "country": country,
        "on": day.isoformat(),
        "components": [
            {
                **source_fields(one.statement),
                "own": one.own,
                "make": one.make or None,
                "family": one.family or None,
                "component": one.component,
                "modular": one.modular,
                "valid_from": one.valid_from.isoformat(),
                "legal_basis": one.legal_basis or None,
            }
            for one in components
        ],
        "markings": [
            {
                **source_fields(one.statement),
                "own": one.own,
                "occasion": one.occasion,
                "period": str(one.span),
                "methods": one.methods or None,
                "marks": [
                    {
                        "kind": mark.kind,
                        "form": mark.form,
                        "position": mark.position or None,
                        "meaning": mark.meaning or None,
                    }
                    for mark in one.marks
                ],
            }
            for one in markings
        ],
    }
