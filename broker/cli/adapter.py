"""`rogatory adapter`: bridges to other systems: configured, tried, run, looked at."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import PydanticUndefined

from adapters.contract import AdapterKind
from adapters.secret import SecretError
from adapters.values import Finding
from broker.app.adapters.configuration import (
    Configured,
    configuration_file,
    configured,
    named,
    read_ceiling,
    read_configuration,
)
from broker.app.adapters.desk import NodeDesk
from broker.app.adapters.kinds import (
    check_settings,
    installed,
    load_kind,
    make_adapter,
)
from broker.app.adapters.running import AdapterRunner, run_adapters
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.stored_directory import StoredDirectory
from broker.cli import adapter_letters
from broker.cli.adapter_words import (
    COLUMNS,
    adapter_fields,
    adapter_row,
    emitted_fields,
)
from broker.cli.options import JsonOption, NodeOption, PassphraseOption
from broker.cli.output import note, print_json, print_table, visible
from broker.cli.routed_desks import note_unrouted
from broker.cli.running import run, run_until_stopped
from broker.cli.secrets_prompt import unlock
from broker.cli.session import node_session
from broker.core.adapting import AdapterState
from broker.core.errors import ConfigurationError
from broker.core.sentences import ExitCode
from broker.infra import logs
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.text_files import write_text

app = typer.Typer(
    help="Bridges to other systems: customs, INTERPOL, STIX, a folder, and others.",
    no_args_is_help=True,
)
app.command("letters")(adapter_letters.letters)
app.command("letter")(adapter_letters.letter)
app.command("mend")(adapter_letters.mend)
app.command("replay")(adapter_letters.replay)
app.command("drop")(adapter_letters.drop)

NameArgument = Annotated[str, typer.Argument(help="Name of the adapter.")]


@app.command("list")
def list_command(
    kinds: Annotated[
        bool, typer.Option("--kinds", help="What can be configured instead.")
    ] = False,
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the adapters of a node, how each does, and what waits for it."""
    if kinds:
        _list_kinds(as_json=as_json)
        return
    now_ms = SYSTEM_CLOCK.now_ms()
    with node_session(node_dir) as node:
        known = configured(node)
        healths = {one.name: one for one in node.store.adapters()}
    names = sorted({*known, *healths})
    if as_json:
        found = [adapter_fields(known.get(n), healths.get(n), now_ms) for n in names]
        print_json({"adapters": found})
        return
    print_table(
        COLUMNS,
        [adapter_row(known.get(n), healths.get(n), now_ms) for n in names],
        empty="No adapter is configured; see: rogatory adapter init --help",
    )


@app.command("show")
def show(
    name: NameArgument, node_dir: NodeOption = None, as_json: JsonOption = False
) -> None:
    """Shows how one adapter does, and what it gave out last."""
    with node_session(node_dir) as node:
        known, health = configured(node).get(name), node.store.adapter(name)
        emitted = node.store.emissions(name)
        if known is None and health is None:
            named(node, name)  # says which there are
    fields = adapter_fields(known, health, SYSTEM_CLOCK.now_ms())
    given = [emitted_fields(one) for one in emitted]
    if as_json:
        print_json({**fields, "given": given})
        return
    for what, value in fields.items():
        print(f"{what:16} {_plain(value)}")
    print_table(
        ("given", "message", "handling", "sha256"),
        [
            (str(one["at"]), str(one["message"])[:16], *map(str, _last(one)))
            for one in given
        ],
        empty="It has given out nothing.",
    )


@app.command("test")
def look_command(
    name: NameArgument,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Looks whether an adapter is configured well and its system can be reached.

    Nothing is changed there. Ends with code 1 when anything is not as it should be.
    """
    with node_session(node_dir) as node:
        one = named(node, name)
        desk = _desk(node, unlock(node, passphrase_file), one)
        found = run(_look(one, desk))
        note_unrouted(node, [one.taker.desk])
    if as_json:
        fields = [
            {"ok": f.ok, "what": f.what, "advice": f.advice or None} for f in found
        ]
        print_json({"findings": fields})
    else:
        for f in found:
            print(visible(f"{'ok ' if f.ok else 'BAD'}  {f.what}"))
            if not f.ok and f.advice:
                note(f"     {f.advice}")
    if not all(f.ok for f in found):
        raise typer.Exit(ExitCode.FAILURE)


@app.command("run")
def run_command(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Which; all that are enabled when absent."),
    ] = None,
    node_dir: NodeOption = None,
    passphrase_file: PassphraseOption = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="One JSON object for each log line.")
    ] = False,
) -> None:
    """Runs adapters until Ctrl-C, beside the running node.

    Each gets, in order, what the policy routes to its desk; nothing is lost when its
    system is away. One that was halted is only run again when it is named.
    """
    with node_session(node_dir) as node:
        logs.configure(node.settings.log_level, as_json=log_json)
        chosen = _chosen(node, names)
        keys = unlock(node, passphrase_file)
        runners = [AdapterRunner(_desk(node, keys, one)) for one in chosen]

        async def serve(stop: asyncio.Event) -> None:
            note(f"running: {', '.join(one.name for one in chosen)}")
            await run_adapters(runners, stop)

        run_until_stopped(serve)


@app.command("init")
def init(
    name: NameArgument,
    kind: Annotated[str, typer.Option(help="What it speaks to; see list --kinds.")],
    ceiling: Annotated[
        str,
        typer.Option(help="The strictest handling that may go there: 'TLP:AMBER H2'."),
    ],
    node_dir: NodeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Adds an adapter to `adapters.toml`, with every setting there is, to be filled in.

    It is not enabled until you say so there. The policy has to route what it is to get
    to its desk: route: [NAME].
    """
    read_ceiling(ceiling)
    found = load_kind(kind)
    with node_session(node_dir) as node:
        path = configuration_file(node)
        if name in configured(node):
            raise ConfigurationError(f"{path} has an adapter {name} already")
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        text = f"{before}\n{_draft(name, found, ceiling)}".lstrip()
        read_configuration(path, text)  # nothing is written that cannot be read
        write_text(path, text)
    if as_json:
        print_json({"adapter": name, "kind": kind, "settings": str(path)})
    note(f"Written: {path}. Fill in its settings, set enabled = true, then:")
    note(f"  rogatory adapter test {name}")
    note(f"  rogatory adapter run {name}")
    note(f"The import policy has to route what it is to get: route: [{name}]")


def _list_kinds(*, as_json: bool) -> None:
    found: list[dict[str, object]] = []
    for name, entry in installed().items():
        try:
            title, problem = load_kind(name).title, ""
        except ConfigurationError as error:
            title, problem = "", str(error)
        found.append(
            {
                "kind": name,
                "title": title or None,
                "from": entry.value,
                "problem": problem or None,
            }
        )
    if as_json:
        print_json({"kinds": found})
        return
    print_table(
        ("kind", "what it speaks to"),
        [(str(one["kind"]), str(one["title"] or one["problem"])) for one in found],
        empty="No kind of adapter is installed.",
    )


def _chosen(node: Node, names: list[str] | None) -> list[Configured]:
    if names:
        asked = [named(node, name) for name in dict.fromkeys(names)]
        for one in asked:
            check_settings(one)  # to try again and again would not mend them
        return asked
    chosen = []
    for one in configured(node).values():
        health = node.store.adapter(one.name)
        if one.enabled and health and health.state is AdapterState.HALTED:
            note(
                f"{one.name} is halted, and left so: see rogatory adapter letters; "
                f"then: rogatory adapter run {one.name}"
            )
        elif one.enabled and _holds(one):
            chosen.append(one)
    if not chosen:
        raise ConfigurationError(
            f"nothing to run: no adapter in {configuration_file(node)} is enabled, "
            "configured well and not halted; see: rogatory adapter list"
        )
    return chosen


def _holds(one: Configured) -> bool:
    """Tells whether one can be run; those beside it are not held up by it."""
    try:
        check_settings(one)
    except ConfigurationError as error:
        note(f"{one.name} is left out: {error}")
        return False
    return True


def _desk(node: Node, keys: NodeKeys, one: Configured) -> NodeDesk:
    return NodeDesk(
        node=node,
        keys=keys,
        trust=StoredDirectory(node),
        clock=SYSTEM_CLOCK,
        configured=one,
    )


async def _look(one: Configured, desk: NodeDesk) -> list[Finding]:
    adapter = make_adapter(one, desk)
    kept = Finding(ok=True, what="the configuration holds")
    try:
        return [kept, *await adapter.check()]
    except SecretError as error:
        return [kept, Finding(ok=False, what="a secret", advice=str(error))]
    except Exception as error:  # noqa: BLE001 - of a stranger's program
        what = f"its look has failed: {type(error).__name__}"
        return [kept, Finding(ok=False, what=what)]


def _draft(name: str, kind: AdapterKind[Any], ceiling: str) -> str:
    lines = [
        f"[{name}] # {kind.title}",
        f'kind = "{kind.name}"',
        f'ceiling = "{ceiling}" # the strictest handling that may go there',
        "enabled = false",
        f'# desk = "{name}" # as the policy routes to it',
        f'# agency = "{name}" # as providers name agencies',
        '# purpose = "transfer-control" # what it is given for',
        "",
        f"[{name}.settings]",
    ]
    for setting, field in kind.settings.model_fields.items():
        about = f" # {field.description}" if field.description else ""
        if field.is_required():
            lines.append(f"# {setting} = … must be given{about}")
        elif field.default is PydanticUndefined or field.default is None:
            lines.append(f"# {setting} = …{about}")
        else:
            lines.append(f"# {setting} = {_toml(field.default)}{about}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return f'"{Path(value) if isinstance(value, Path) else value}"'


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {what}" for what, count in value.items()) or "none"
    return "none" if value is None else str(value)


def _last(one: dict[str, object]) -> tuple[object, object]:
    return one["handling"], str(one["sha256"])[:16]
