"""The command line, assembled. Each group of commands is a file of its own."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from broker.cli import (
    audit,
    demo,
    directory,
    doctor,
    documents,
    hub,
    messages,
    node,
    sending,
)
from broker.cli.output import show_error
from broker.core.errors import BrokerError
from broker.core.sentences import ExitCode
from keys.errors import KeysError

app = typer.Typer(
    name="rogatory",
    help="Sealed, policy-bound and provable exchange between national focal points.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        print(f"rogatory {version('rogatory')}")
        raise typer.Exit


@app.callback()
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


app.command("send")(sending.send)
app.command("inbox")(messages.inbox)
app.command("sent")(messages.sent)
app.command("show")(messages.show)
app.command("status")(messages.status)
app.command("doctor")(doctor.doctor)
app.command("schema")(documents.schema)
app.command("demo")(demo.demo)
app.add_typer(audit.app, name="audit")
app.add_typer(directory.app, name="directory")
app.add_typer(hub.app, name="hub")
app.add_typer(node.app, name="node")


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and exits with its code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        app(args=arguments, prog_name="rogatory", standalone_mode=True)
    except* (BrokerError, KeysError) as group:
        error = _first(group)
        sys.exit(show_error(error, as_json="--json" in arguments))
    except* KeyboardInterrupt:
        sys.exit(ExitCode.FAILURE)


def _first(
    group: BaseExceptionGroup[BrokerError | KeysError],
) -> BrokerError | KeysError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, BrokerError | KeysError):
        raise error
    return error
