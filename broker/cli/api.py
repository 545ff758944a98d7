"""`rogatory api`: the interface that national systems call, made and run."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer

from broker.api.founding import ApiFolder, ApiPlan, make_api
from broker.api.looking import look_at_interface
from broker.api.settings import read_api_settings
from broker.cli import api_clients
from broker.cli.following import short_time
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table
from broker.cli.running import run_until_stopped
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.sentences import ExitCode
from broker.core.status import iso_time
from broker.infra import logs
from broker.infra.clock import SYSTEM_CLOCK

app = typer.Typer(
    no_args_is_help=True,
    help="The HTTP interface of a node, for systems in any language.",
)
app.add_typer(api_clients.app, name="client")

_COLUMNS: Final = ("at", "client", "why", "what")


@app.command("init")
def init(
    host: Annotated[
        str, typer.Option(help="Where it listens; 127.0.0.1: this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8443,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Name or address that clients reach it by. May be repeated."),
    ] = None,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Succeed when there is one already.")
    ] = False,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Makes api.toml, an authority of the interface's own, and its certificate."""
    with node_session(node_dir) as node:
        folder = ApiFolder(node.folder.root)
        if if_missing and folder.settings.exists():
            note(f"{folder.settings} is there already; nothing was changed")
            return
        keys = unlock(node, passphrase_file)
        plan = ApiPlan(
            name=node.settings.name, host=host, port=port, names=tuple(name or ())
        )
        now_ms = SYSTEM_CLOCK.now_ms()
        made = make_api(folder, plan, keys.holder.store_key, now_ms=now_ms)
    if as_json:
        print_json(
            {
                "settings": str(folder.settings),
                "authority": str(folder.authority),
                "fingerprint": made.fingerprint.hex(),
                "names": list(made.names),
                "valid_until": iso_time(made.valid_to_ms),
            }
        )
        return
    note(f"The interface is made: {folder.settings}")
    note(f"  give to clients, to trust  {folder.authority}")
    note(f"  its certificate is for     {', '.join(made.names)}")
    note("Next: rogatory api client add NAME --agency … --role …; rogatory api run")


@app.command("run")
def run_command(
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="One JSON object for each log line.")
    ] = False,
) -> None:
    """Serves the interface until Ctrl-C, beside the node that runs.

    It works on the node's folder: what is handed in waits there until the node runs.
    """
    from broker.api.running import run_api  # noqa: PLC0415 - takes long to load

    with node_session(node_dir) as node:
        settings = read_api_settings(ApiFolder(node.folder.root).settings)
        logs.configure(settings.log_level, as_json=log_json)
        keys = unlock(node, passphrase_file)
        scheme = "http" if settings.tls == "none" else "https"

        def ready(port: int) -> None:
            note(
                f"interface of {node.party} ready at {scheme}://{settings.host}:{port}"
            )

        async def serve(stop: asyncio.Event) -> None:
            await run_api(node, keys, settings, SYSTEM_CLOCK, stop, ready)

        run_until_stopped(serve)


@app.command("check")
def check(node_dir: NodeOption = None, as_json: JsonOption = False) -> None:
    """Looks whether the interface runs and is ready; needs no passphrase.

    Ends with code 69 when nobody answers, 1 when it is not ready.
    """
    with node_session(node_dir) as node:
        folder = ApiFolder(node.folder.root)
        found = look_at_interface(folder, read_api_settings(folder.settings))
    if as_json:
        print_json(found)
    else:
        for one in found["checks"]:
            print(f"{'ok ' if one['ok'] else 'BAD'}  {one['name']}")
        note("ready" if found["ready"] else "not ready")
    if not found["ready"]:
        raise typer.Exit(ExitCode.FAILURE)


@app.command("openapi")
def openapi(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file instead.")
    ] = None,
) -> None:
    """Prints the description of the interface, OpenAPI 3.1; needs no node."""
    from broker.api.application import (  # noqa: PLC0415 - takes long to load
        description_text,
    )

    text = description_text()
    if output is None:
        print(text, end="")
        return
    output.write_text(text, encoding="utf-8")


@app.command("refusals")
def refusals(
    client: Annotated[str | None, typer.Option(help="Of one client only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what clients asked for and did not get, newest first.

    Strangers are counted in the log of the interface, and not kept.
    """
    with node_session(node_dir) as node:
        found = node.store.client_refusals(client, limit)
    if as_json:
        print_json(
            {
                "refusals": [
                    {
                        "client": one.client,
                        "code": one.code,
                        "what": one.what,
                        "at": iso_time(one.at_ms),
                    }
                    for one in found
                ]
            }
        )
        return
    rows = [(short_time(one.at_ms), one.client, one.code, one.what) for one in found]
    print_table(_COLUMNS, rows, empty="Nothing was refused to a known client.")
