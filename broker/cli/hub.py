"""`rogatory hub`: found a federation, admit parties, run the hub."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from broker.app.bus_config import ExternalBus
from broker.app.exchange_files import JoinRequest
from broker.app.founding import HubPlan, admit_party, make_hub
from broker.app.hub import Role, open_hub, run_hub
from broker.app.hub_check import check_hub
from broker.cli.findings import show_findings
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
    bus: Annotated[
        str,
        typer.Option(
            help="embedded: a nats-server of our own; external: one run by others."
        ),
    ] = "embedded",
    bus_url: Annotated[
        str, typer.Option(help="Where parties reach the message bus.")
    ] = "nats://127.0.0.1:4222",
    bus_port: Annotated[
        int,
        typer.Option(
            min=1,
            max=65535,
            help="Where the nats-server listens: on 127.0.0.1 if embedded.",
        ),
    ] = 4222,
    bus_folder: Annotated[
        str,
        typer.Option(help="Where an external one keeps its streams, as it sees it."),
    ] = "/data/bus",
    bus_health_port: Annotated[
        int,
        typer.Option(
            min=0,
            max=65535,
            help="Where an external one tells its health, on 127.0.0.1; 0: nowhere.",
        ),
    ] = 8222,
    passphrase_file: PassphraseOption = None,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Succeed when there is one already.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Founds a federation: stewards' keys, directory, and the hub's own keys.

    Take FOLDER/stewards to a safe place afterwards: who holds enough of these keys
    decides who is a party.
    """
    if bus not in {"embedded", "external"}:
        raise ConfigurationError(f"--bus is embedded or external, not {bus!r}")
    if if_missing and HubFolder(folder).settings.exists():
        note(f"{folder} is a hub already; nothing was changed")
        return
    federation = make_hub(
        folder,
        HubPlan(
            name=name,
            stewards=stewards,
            threshold=threshold,
            bus_url=bus_url,
            bus_port=bus_port,
            external_bus=ExternalBus(
                folder=bus_folder, port=bus_port, health_port=bus_health_port
            )
            if bus == "external"
            else None,
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
    """Admits a party, with the stewards' keys in FOLDER/stewards.

    A running hub lets the party in within a second.
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
