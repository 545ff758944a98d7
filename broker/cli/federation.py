"""`rogatory federation`: found it, put into force what stewards signed, look at it.

What they decide about is in `federation_parties` and `federation_stewards`; how they
sign, in `steward`.
"""

from pathlib import Path
from typing import Annotated

import typer

from broker.app.applying import apply as put_into_force, is_current, prepare
from broker.app.ceremony_folder import (
    CeremonyFolder,
    load_card,
    load_request,
    load_signature,
)
from broker.app.founding import HubPlan, begin_founding
from broker.cli import (
    federation_parties,
    federation_state,
    federation_stewards,
    federation_witnesses,
)
from broker.cli.bus_options import (
    DEFAULT_FOLDER,
    DEFAULT_HEALTH_PORT,
    DEFAULT_PORT,
    DEFAULT_TLS_FOLDER,
    DEFAULT_URL,
    BusFolderOption,
    BusHealthPortOption,
    BusNameOption,
    BusOption,
    BusPortOption,
    BusTlsFolderOption,
    BusUrlOption,
    NoTlsOption,
    external_bus,
    url_of_bus,
)
from broker.cli.ceremonies import (
    Ending,
    FolderArgument,
    OutOption,
    finish,
    hub_secret,
    review_fields,
    show_missing,
    show_record,
    show_review,
)
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, say_item
from broker.cli.secrets_prompt import new_passphrase
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder
from keys.directory.proposal import Review
from keys.directory.quorum import Agreement

app = typer.Typer(
    help="The federation's life: every change is a request that stewards sign.",
    no_args_is_help=True,
)


@app.command("init")
def init(
    folder: FolderArgument,
    name: Annotated[str, typer.Option(help="Name of the federation.")],
    threshold: Annotated[
        int, typer.Option(min=1, help="Stewards who must agree to a change.")
    ],
    steward: Annotated[
        list[Path],
        typer.Option(help="A steward's public file (.public.json). Once for each."),
    ],
    bus: BusOption = "embedded",
    bus_url: BusUrlOption = DEFAULT_URL,
    bus_name: BusNameOption = None,
    no_tls: NoTlsOption = False,
    bus_port: BusPortOption = DEFAULT_PORT,
    bus_folder: BusFolderOption = DEFAULT_FOLDER,
    bus_tls_folder: BusTlsFolderOption = DEFAULT_TLS_FOLDER,
    bus_health_port: BusHealthPortOption = DEFAULT_HEALTH_PORT,
    out: OutOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes a hub's keys, and the request that every steward signs to found it.

    The stewards have made their keys before, each on a machine of their own: rogatory
    steward init. The folder is a hub once the request, signed by all of them, has
    been applied.
    """
    plan = HubPlan(
        name=name,
        threshold=threshold,
        bus_url=url_of_bus(bus_url, no_tls=no_tls),
        bus_names=tuple(bus_name or ()),
        bus_port=bus_port,
        external_bus=external_bus(
            bus,
            folder=bus_folder,
            tls_folder=bus_tls_folder,
            port=bus_port,
            health_port=bus_health_port,
        ),
    )
    drafted = begin_founding(
        folder,
        plan,
        [load_card(path) for path in steward],
        new_passphrase(passphrase_file),
        now_ms=SYSTEM_CLOCK.now_ms(),
    )
    ending = Ending(out=out, here=False, yes=False, passphrase_file=None)
    finish(HubFolder(folder), drafted, ending, as_json=as_json)


@app.command("apply")
def apply(
    folder: FolderArgument,
    request: Annotated[Path, typer.Argument(help="The request that was signed.")],
    signature: Annotated[
        list[Path] | None, typer.Argument(help="What stewards have carried back.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check only; change nothing.")
    ] = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Puts a request into force that enough stewards signed, and prints the record.

    Can be repeated: after a crash it goes on where it ended, and what is in force
    already is left as it is. A running hub follows within a second, except that after
    hub-key it has to be started again.
    """
    place = HubFolder(folder)
    prepared = prepare(
        place,
        load_request(request),
        [load_signature(path) for path in signature or ()],
        SYSTEM_CLOCK.now_ms(),
    )
    if dry_run:
        _show_dry_run(prepared.review, prepared.agreement, as_json=as_json)
        return
    if prepared.record is not None:
        note("this request was applied before; nothing was changed")
        record = prepared.record
    else:
        secret = hub_secret(place, passphrase_file)
        record = put_into_force(place, prepared, secret, SYSTEM_CLOCK.now_ms())
    if as_json:
        print_json(record.fields())
    else:
        show_record(record)


@app.command("pending")
def pending(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Lists the requests that were made and not applied."""
    place = HubFolder(folder)
    ceremonies = CeremonyFolder(place.ceremonies)
    done = {record.request for record in ceremonies.records()}
    found = [
        {
            "request": str(path),
            "request_sha256": request.proposal.digest.hex(),
            "current": is_current(place, request.proposal),
        }
        for path, request in ceremonies.requests()
        if request.proposal.digest.hex() not in done
    ]
    if as_json:
        print_json({"pending": found})
        return
    rows = [
        (
            "waits for signatures" if one["current"] else "overtaken: make it again",
            str(one["request"]),
            f"{one['request_sha256']}",
        )
        for one in found
    ]
    print_table(("state", "request", "sha256"), rows, empty="No request waits.")


@app.command("history")
def history(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Lists the ceremonies that were carried out, and who signed."""
    records = CeremonyFolder(HubFolder(folder).ceremonies).records()
    if as_json:
        print_json({"ceremonies": [record.fields() for record in records]})
        return
    if not records:
        note("No ceremony was carried out yet.")
    for record in records:
        signers = ", ".join(
            one.name or one.fingerprint[:16] for one in record.signed_by
        )
        applied = iso_time(record.applied_at_ms)
        say_item(f"{record.number:>4}  ", f"{applied}  signed by {signers}")
        for change in record.changes:
            say_item("      - ", change)


app.command("show")(federation_state.show)
federation_parties.add_to(app)
federation_stewards.add_to(app)
federation_witnesses.add_to(app)


def _show_dry_run(review: Review, agreement: Agreement, *, as_json: bool) -> None:
    if as_json:
        print_json({**review_fields(review), "would_apply": True})
        return
    show_review(review)
    show_missing(agreement)
    note("It would be applied; nothing was changed.")
