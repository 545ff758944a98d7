"""`rogatory hub`: found a federation, admit parties, run the hub."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from broker.app.exchange_files import JoinRequest
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.hub import Role, open_hub, run_hub
from broker.app.hub_check import check_hub
from broker.cli import certificates
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
from broker.cli.findings import show_findings
from broker.cli.hub_attachments import attachments
from broker.cli.options import JsonOption, PassphraseOption
from broker.cli.output import note, print_json
from broker.cli.running import run as run_to_end, run_until_stopped
from broker.cli.secrets_prompt import new_passphrase, passphrase_for
from broker.cli.workers import keep_worker, stop_with_parent
from broker.core.errors import ConfigurationError
from broker.infra import logs
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder, load_hub

app = typer.Typer(
    help="The hub: found a federation, admit parties, run it.", no_args_is_help=True
)
app.add_typer(certificates.app, name="certificates")
app.command("attachments")(attachments)

FolderArgument = Annotated[Path, typer.Argument(help="Folder of the hub.")]


@app.command("init")
def init(
    folder: FolderArgument,
    name: Annotated[str, typer.Option(help="Name of the federation.")],
    stewards: Annotated[
        int, typer.Option(min=1, max=20, help="How many there are.")
    ] = 1,
    threshold: Annotated[
        int, typer.Option(min=1, max=20, help="Stewards who must agree to a change.")
    ] = 1,
    bus: BusOption = "embedded",
    bus_url: BusUrlOption = DEFAULT_URL,
    bus_name: BusNameOption = None,
    no_tls: NoTlsOption = False,
    bus_port: BusPortOption = DEFAULT_PORT,
    bus_folder: BusFolderOption = DEFAULT_FOLDER,
    bus_tls_folder: BusTlsFolderOption = DEFAULT_TLS_FOLDER,
    bus_health_port: BusHealthPortOption = DEFAULT_HEALTH_PORT,
    passphrase_file: PassphraseOption = None,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Succeed when there is one already.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Founds a federation at once, with stewards' keys made here: for a trial.

    Stewards who keep their keys on machines of their own: rogatory federation init.
    Take FOLDER/stewards to a safe place afterwards: who holds enough of these keys
    decides who is a party.
    """
    external = external_bus(
        bus,
        folder=bus_folder,
        tls_folder=bus_tls_folder,
        port=bus_port,
        health_port=bus_health_port,
    )
    if if_missing and HubFolder(folder).settings.exists():
        note(f"{folder} is a hub already; nothing was changed")
        return
    federation = make_hub(
        folder,
        HubPlan(
            name=name,
            stewards=stewards,
            threshold=threshold,
            bus_url=url_of_bus(bus_url, no_tls=no_tls),
            bus_names=tuple(bus_name or ()),
            bus_port=bus_port,
            external_bus=external,
        ),
        new_passphrase(passphrase_file),
        now_ms=SYSTEM_CLOCK.now_ms(),
    )
    place = HubFolder(folder)
    if as_json:
        print_json(
            {
                "federation": federation.name,
                "root_sha256": federation.fingerprint,
                "federation_file": str(place.federation),
            }
        )
        return
    note(f"The federation {name!r} is founded in {folder}.")
    note(f"  fingerprint of its root   {federation.fingerprint}")
    note(f"  give every party          {place.federation}")
    note(f"  keep safe, off this hub   {place.stewards}")
    if bus == "external":
        note(f"  for the nats-server       {place.bus / 'nats.conf'}")
    note(f"Next: rogatory hub run {folder}")


@app.command("admit")
def admit(
    folder: FolderArgument,
    request: Annotated[Path, typer.Argument(help="The party's join-request.json.")],
    fingerprint: Annotated[
        str | None,
        typer.Option(help="What the party told you over another channel; compared."),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Admits a party at once, with the stewards' keys in FOLDER/stewards.

    Stewards who keep their keys elsewhere: rogatory federation enrol. A running hub
    lets the party in within a second.
    """
    join = JoinRequest.read(request)
    if fingerprint is not None and fingerprint != join.fingerprint:
        raise ConfigurationError(
            f"the fingerprint of {request} is {join.fingerprint}: not what the party "
            "told you; do not admit it"
        )
    passphrase = passphrase_for(load_hub(folder), passphrase_file)
    admit_party(folder, join, passphrase, now_ms=SYSTEM_CLOCK.now_ms())
    if as_json:
        print_json({"party": join.party, "role_key_sha256": join.fingerprint})
    else:
        note(f"{join.party} ({join.name}) is a party. Its key: {join.fingerprint}")


@app.command("run")
def run(
    folder: FolderArgument,
    only: Annotated[
        list[Role] | None,
        typer.Option(help="Run these parts only, in this process. May be repeated."),
    ] = None,
    worker: Annotated[
        int, typer.Option(min=1, help="Number of this process's relay worker.")
    ] = 1,
    parent: Annotated[
        int | None,
        typer.Option(hidden=True, help="End when this is no longer our parent."),
    ] = None,
    passphrase_file: PassphraseOption = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="One JSON object for each log line.")
    ] = False,
) -> None:
    """Runs the hub until Ctrl-C: message bus, registrar, relay and log.

    Further relay workers, as many as `relay_workers` in hub.toml says, are processes
    of their own.
    """
    settings = load_hub(folder)
    logs.configure(settings.log_level, as_json=log_json)
    passphrase = passphrase_for(settings, passphrase_file)
    hub = open_hub(folder, passphrase)
    roles = set(
        only or [r for r in Role if r is not Role.BUS or settings.bus == "embedded"]
    )
    extra = range(2, settings.relay_workers + 1) if only is None else range(0)

    async def serve(stop: asyncio.Event) -> None:
        ready = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(_when_ready(ready, hub.bus_url))
            if parent is not None:
                tasks.create_task(stop_with_parent(parent, stop))
            for number in extra:
                tasks.create_task(keep_worker(folder, number, passphrase, stop))
            await run_hub(hub, roles, stop, workers=(worker,), ready=ready)
            watching.cancel()

    run_until_stopped(serve)


@app.command("check")
def check(
    folder: FolderArgument,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Looks whether the hub does its work: bus, registrar, relay and log.

    Exit code 0: it does. Asks from outside of the hub's own process, and changes
    nothing.
    """
    hub = open_hub(folder, passphrase_for(load_hub(folder), passphrase_file))
    show_findings(run_to_end(check_hub(hub)), as_json=as_json)


async def _when_ready(ready: asyncio.Event, url: str) -> None:
    await ready.wait()
    note(f"hub ready; message bus at {url}")
