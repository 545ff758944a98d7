"""The command line: `python -m adapters.interpol.simulator run simulator.toml`."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import Final

from adapters.interpol.simulator.configuration import load
from adapters.interpol.simulator.founding import found
from adapters.interpol.simulator.process import run
from adapters.interpol.simulator.service import LABEL
from broker.core.errors import ConfigurationError

_EXIT_CONFIGURATION: Final = 78  # EX_CONFIG of sysexits.h
_PORT: Final = 18_445


def main() -> int:
    """Does what the command line says; returns the exit code."""
    given = _parser().parse_args()
    try:
        if given.command == "init":
            made = found(
                given.folder, ncb=given.ncb, party=given.party, port=given.port
            )
            sys.stdout.writelines(f"{one}\n" for one in made)
        else:
            asyncio.run(_run(given.configuration))
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        return _EXIT_CONFIGURATION
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m adapters.interpol.simulator",
        description=f"An INTERPOL-style register of firearms. {LABEL}.",
        epilog="docs/interpol.md says what it answers, and how to have it misbehave.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser(
        "init", help="write certificates and settings for a try into a folder"
    )
    init.add_argument("folder", type=Path, help="an empty one")
    init.add_argument("--ncb", required=True, help="code of the bureau: 'IP NAIROBI'")
    init.add_argument("--party", required=True, help="whose it is: KEN")
    init.add_argument("--port", type=int, default=_PORT, help=f"{_PORT} if not given")
    runs = commands.add_parser("run", help="answer until told to stop")
    runs.add_argument("configuration", type=Path, help="a TOML file")
    return parser


async def _run(path: Path) -> None:
    configuration = load(path)
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)

    def ready(port: int) -> None:
        sys.stdout.write(f"{LABEL}\nhttps://{configuration.host}:{port}\n")
        sys.stdout.flush()

    await run(configuration, stop, ready)


if __name__ == "__main__":
    sys.exit(main())
