"""The command line, assembled. Each group of commands is a file of its own.

Only the file of the command that was asked for is loaded: start-up is most of what a
short command costs.
"""

import inspect
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Final

import typer

from broker.cli.output import show_error
from broker.core.errors import BrokerError
from broker.core.sentences import ExitCode
from broker.infra import logs
from keys.errors import KeysError

_HELP: Final = (
    "Sealed, policy-bound and provable exchange between national focal points."
)
_COMMANDS: Final = {
    "send": "sending",
    "inbox": "messages",
    "sent": "messages",
    "show": "messages",
    "recall": "recalling",
    "correct": "recalling",
    "status": "following",
    "acknowledge": "acting",
    "act": "acting",
    "decline": "acting",
    "forward": "forwarding",
    "hand-out": "handing_over",
    "doctor": "doctor",
    "schema": "documents",
    "demo": "demo",
}
_GROUPS: Final = (
    "adapter",
    "alarms",
    "alert",
    "api",
    "assistance",
    "attachments",
    "audit",
    "case",
    "certificate",
    "directory",
    "embargo",
    "evidence",
    "federation",
    "hub",
    "keys",
    "identify",
    "links",
    "matches",
    "node",
    "notice",
    "officer",
    "operation",
    "pending",
    "permission",
    "plan",
    "policy",
    "practice",
    "proposals",
    "quarantine",
    "recalls",
    "records",
    "recovery",
    "report",
    "retention",
    "route",
    "statistics",
    "steward",
    "trace",
    "witness",
)


def build(names: Iterable[str] = (*_COMMANDS, *_GROUPS)) -> typer.Typer:
    """Returns the command line with the named commands, all of them by default."""
    app = typer.Typer(
        name="rogatory",
        help=_HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name in names:
        if name in _COMMANDS:
            module = import_module(f"broker.cli.{_COMMANDS[name]}")
            app.command(name)(getattr(module, name.replace("-", "_")))
        else:
            app.add_typer(import_module(f"broker.cli.{name}").app, name=name)
    _unwrap(app)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and exits with its code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    asked = arguments[0] if arguments else ""
    known = asked in _COMMANDS or asked in _GROUPS
    app = build([asked]) if known else build()
    # A command's data is on standard output; what runs for long says more, by itself.
    logs.configure("warning")
    try:
        app(args=arguments, prog_name="rogatory", standalone_mode=True)
    except* (BrokerError, KeysError) as group:
        sys.exit(show_error(_first(group), as_json="--json" in arguments))
    except* KeyboardInterrupt:
        sys.exit(ExitCode.FAILURE)


def _unwrap(app: typer.Typer) -> None:
    """Has the terminal break the lines of each explanation, and not the source."""
    for command in app.registered_commands:
        text = inspect.cleandoc(command.help or inspect.getdoc(command.callback) or "")
        paragraphs = text.split("\n\n")
        command.help = "\n\n".join(" ".join(one.split()) for one in paragraphs)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            _unwrap(group.typer_instance)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"rogatory {version('rogatory')}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Sealed, policy-bound and provable exchange between national focal points."""


def _first(
    group: BaseExceptionGroup[BrokerError | KeysError],
) -> BrokerError | KeysError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, BrokerError | KeysError):
        raise error
    return error
