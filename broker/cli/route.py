"""`rogatory route`: routes that are known, and what they make together.

Files that leave the terminal are left to `broker.cli.route_files`.
"""

from typing import Annotated

import typer

from broker.app.routes import KnownRoute, Standing
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, visible
from broker.cli.route_files import aggregate_file, export, map_file
from broker.cli.route_options import (
    Asked,
    CountryOption,
    ExpiredOption,
    PlacesOption,
    UpToOption,
    fused,
    read_routes,
    today,
)
from broker.cli.route_views import (
    CORRIDOR_COLUMNS,
    ROUTE_COLUMNS,
    corridor_lines,
    corridor_row,
    route_fields,
    route_row,
    stop_fields,
    trend_fields,
    trend_row,
)
from broker.core.errors import ConfigurationError
from broker.core.routes.geojson import corridor_fields
from broker.core.routes.trends import Unit, trend_of

app = typer.Typer(
    no_args_is_help=True,
    help="Routes of illicit transfer that are known here, and what they make together.",
)


@app.command("list")
def list_routes(
    up_to: UpToOption = None,
    expired: ExpiredOption = False,
    country: CountryOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is superseded or withdrawn.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the route intelligence that was sent and received, newest first.

    Each line is one report as its origin told it. What has been recalled or corrected
    is not here; what has expired is listed with --expired.
    """
    asked = Asked(up_to=up_to, expired=expired, country=country)
    level, day = asked.level, today()
    known = read_routes(node_dir, passphrase_file)
    wanted = [
        one
        for one in sorted(known, key=_newest, reverse=True)
        if one.report.bearing.handling.tlp <= level
        and (expired or not one.report.expired(day))
        and (everything or one.standing is Standing.PUBLISHED)
        and (country is None or country in one.report.path)
    ]
    if as_json:
        print_json({"routes": [route_fields(one, day) for one in wanted]})
        return
    rows = [route_row(one, day) for one in wanted]
    print_table(ROUTE_COLUMNS, rows, empty="No route intelligence here.")


@app.command("corridors")
def corridors(
    name: Annotated[
        str | None, typer.Argument(help="Show this corridor alone, with all of it.")
    ] = None,
    up_to: UpToOption = None,
    expired: ExpiredOption = False,
    country: CountryOption = None,
    places: PlacesOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows the corridors that routes make together, best supported first.

    Reports that agree on the countries, on places as far as both name them, on what
    moves and how, are one corridor. Support is how many reports there are, of how many
    origins; several copies of one report count once. Grades are listed as they were
    given, never averaged.

    A corridor is as restricted as the most restricted of its reports. With --up-to
    TLP:GREEN nothing above TLP:GREEN has any part in what is shown.
    """
    asked = Asked(up_to=up_to, expired=expired, country=country, places=places)
    found = fused(asked, node_dir, passphrase_file)
    wanted = [one for one in found.corridors if name in {None, one.name}]
    if name is not None and not wanted:
        raise ConfigurationError(
            f"no corridor is called {name} at {found.level.label}; list them with: "
            "rogatory route corridors"
        )
    if as_json:
        fields = [
            {**corridor_fields(one), "stops": [stop_fields(s) for s in one.stops]}
            for one in wanted
        ]
        print_json({"level": found.level.label, "corridors": fields})
        return
    if name is not None:
        for line in corridor_lines(wanted[0], found.today):
            print(visible(line))
        return
    rows = [corridor_row(one, found.today) for one in wanted]
    print_table(CORRIDOR_COLUMNS, rows, empty="No corridor.")
    if wanted:
        highest = max(one.handling.tlp for one in wanted)
        note(f"Handle what is shown as {highest.label}. Leads, not findings.")


@app.command("trends")
def trends(
    by: Annotated[
        Unit, typer.Option("--by", help="Length of the parts.")
    ] = Unit.QUARTER,
    last: Annotated[
        int, typer.Option("--last", min=2, max=120, help="At most so many parts.")
    ] = 6,
    up_to: UpToOption = None,
    expired: ExpiredOption = False,
    country: CountryOption = None,
    places: PlacesOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows for each corridor how many reports tell of its use, by month or quarter.

    More reports can mean more traffic, or more attention: what it means is for people
    to judge. What the reports themselves say about the trend stands beside it.
    """
    asked = Asked(up_to=up_to, expired=expired, country=country, places=places)
    found = fused(asked, node_dir, passphrase_file)
    made = [trend_of(one, by, found.today, last) for one in found.corridors]
    if as_json:
        print_json(
            {
                "level": found.level.label,
                "by": by.value,
                "trends": [trend_fields(one) for one in made],
            }
        )
        return
    labels = max((one.parts for one in made), key=len, default=())
    columns = ("corridor", "path", *(part.label for part in labels), "change", "told")
    rows = [trend_row(one, len(labels)) for one in made]
    print_table(columns, rows, empty="No corridor.")


app.command("export")(export)
app.command("map")(map_file)
app.command("aggregate")(aggregate_file)


def _newest(known: KnownRoute) -> tuple[int, bytes]:
    bearing = known.report.bearing
    return bearing.at_ms, bearing.message
