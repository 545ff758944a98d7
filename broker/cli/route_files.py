"""`rogatory route export`, `map` and `aggregate`: what leaves the terminal as a file.

None of them sends anything: the label of a file binds whoever has it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.app.routes import counted_contents
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.progress import shown_progress
from broker.cli.route_options import (
    Asked,
    CountryOption,
    ExpiredOption,
    LevelOption,
    PlacesOption,
    check_new,
    fused,
    today,
    write_file,
)
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.errors import ConfigurationError
from broker.core.handling import Tlp
from broker.core.routes.aggregate import (
    LEAST_ORIGINS,
    LEAST_REPORTS,
    Aggregate,
    aggregate,
)
from broker.core.routes.geojson import feature_collection
from broker.core.routes.map_picture import map_picture
from broker.core.routes.png import png
from broker.core.routes.svg import svg
from broker.infra.places import basemap

_FORMAT: Final = "rogatory-aggregate/1"


def export(
    out: Annotated[
        Path, typer.Option("--geojson", help="Write GeoJSON to this new file.")
    ],
    up_to: LevelOption,
    expired: ExpiredOption = False,
    country: CountryOption = None,
    places: PlacesOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes the corridors of one level as GeoJSON, for a program that draws maps.

    Each corridor is a line with all that is known of it, and each place a point.
    Positions stand as they were told: what was blurred stays blurred, with its radius.
    """
    check_new(out)
    asked = Asked(up_to=up_to, expired=expired, country=country, places=places)
    found = fused(asked, node_dir, passphrase_file)
    made = feature_collection(found.corridors, found.gazetteer, found.level)
    write_file(out, _encoded(made))
    if as_json:
        print_json(_written(found.level, len(found.corridors), [out]))


def map_file(
    up_to: LevelOption,
    svg_file: Annotated[
        Path | None, typer.Option("--svg", help="Write an SVG drawing.")
    ] = None,
    png_file: Annotated[
        Path | None, typer.Option("--png", help="Write a PNG picture.")
    ] = None,
    expired: ExpiredOption = False,
    country: CountryOption = None,
    places: PlacesOption = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draws the corridors of one level on a map, with a legend and their handling.

    Lines join places in the order in which they were told; they are not tracks. What
    is known no better than its country is drawn as a ring in the middle of it.
    """
    if svg_file is None and png_file is None:
        raise ConfigurationError("which file? Give --svg FILE, --png FILE, or both")
    check_new(svg_file, png_file)
    asked = Asked(up_to=up_to, expired=expired, country=country, places=places)
    found = fused(asked, node_dir, passphrase_file)
    picture = map_picture(
        found.corridors, found.gazetteer, basemap(), found.level, found.today
    )
    if svg_file is not None:
        write_file(svg_file, svg(picture).encode())
    if png_file is not None:
        write_file(png_file, png(picture))
    if as_json:
        written = [path for path in (svg_file, png_file) if path is not None]
        print_json(_written(found.level, len(found.corridors), written))


def aggregate_file(
    out: Annotated[Path, typer.Option("--out", help="Write JSON to this new file.")],
    up_to: LevelOption = Tlp.GREEN.label,
    minimum: Annotated[
        int,
        typer.Option(
            "--minimum",
            min=LEAST_REPORTS,
            help="Tell no count of fewer reports than this.",
        ),
    ] = LEAST_REPORTS,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes counts of routes and of factors that feed illicit flows; no names.

    By year: pairs of countries, modes, concealment, classes of items, and stages and
    methods of diversion from alerts. A count of fewer reports than --minimum, or of a
    single origin, is left out, and there are no totals. Reports whose providers do not
    allow statistics, or want to be asked first, and those that have expired are not
    counted.

    Look at the file before it is given to anybody.
    """
    check_new(out)
    level = Tlp.from_label(up_to)
    with node_session(node_dir) as node, shown_progress("contents") as progress:
        keys = unlock(node, passphrase_file)
        counted = counted_contents(node, keys, progress)
    made = aggregate(counted, level=level, today=today(), minimum=minimum)
    write_file(out, _encoded(_aggregate_fields(made)))
    for reason, count in made.left_out.items():
        note(f"{count} report(s) and alert(s) not counted: {reason}")
    for table, count in made.suppressed.items():
        note(f"{table}: {count} count(s) left out, too small to be told")
    if not made.cells:
        note("No count is large enough to be told: the file holds none.")
    if as_json:
        print_json({"file": str(out), "counts": len(made.cells)})


def _aggregate_fields(made: Aggregate) -> Mapping[str, object]:
    tables: dict[str, list[dict[str, object]]] = {}
    for cell in made.cells:
        tables.setdefault(cell.table, []).append(
            {"year": cell.year, "of": cell.key, "reports": cell.reports}
        )
    return {
        "format": _FORMAT,
        "handling": made.handling.label,
        "made_in": today().year,
        "least_reports": made.minimum,
        "least_origins": LEAST_ORIGINS,
        "tables": tables,
        "counts_left_out": dict(made.suppressed),
        "note": (
            "Counts of reports, not of weapons or of transfers. Small counts are left "
            "out, and there are no totals."
        ),
    }


def _encoded(fields: Mapping[str, object]) -> bytes:
    return (json.dumps(fields, indent=1, ensure_ascii=False) + "\n").encode()


def _written(level: Tlp, corridors: int, paths: list[Path]) -> dict[str, object]:
    return {
        "level": level.label,
        "corridors": corridors,
        "files": [str(path) for path in paths],
    }
