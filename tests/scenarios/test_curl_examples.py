"""The page of curl examples: every block is run, in its order, over TLS."""

import json
import re
import subprocess
from pathlib import Path
from shutil import which
from typing import Final

import pytest

from broker.api.roles import Role
from broker.web.server import ServerPlan
from tests.api_world import ALERT, REQUEST, api_world
from tests.certificates import write_certificates
from tests.served_api import served

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "curl.md"
BLOCK: Final = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    """Returns the blocks of the page: what sort, and what stands in it."""
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.skipif(which("curl") is None, reason="curl is not installed")
def test_every_block_runs_and_answers_as_the_page_says(tmp_path: Path) -> None:
    write_certificates(tmp_path, ["server"])
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    plan = ServerPlan(certificate=tmp_path / "server.pem", key=tmp_path / "server.key")
    with api_world(tmp_path / "node") as world:
        world.receive(REQUEST)
        world.receive(ALERT)
        system = world.register(
            "records-system",
            (Role.SUBMIT, Role.READ, Role.RESPOND),
            ("police",),
        )
        with served(world, plan) as address:
            run(tmp_path, address, system.token)


def run(folder: Path, address: str, token: str) -> None:
    """Runs all blocks in one shell; a block of JSON is what came before says."""
    shell = subprocess.Popen(
        ["bash", "-euo", "pipefail"],  # noqa: S607 - the shell of the path, as people use it
        cwd=folder,
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "NODE": address,
            "CA": str(folder / "authority.pem"),
            "TOKEN": token,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert shell.stdin is not None
    mark = "-- end of a block --"
    script = "".join(
        f"{text}\necho; echo '{mark}'\n" for sort, text in blocks() if sort == "sh"
    )
    said, _ = shell.communicate(script, timeout=120)
    assert shell.returncode == 0, said
    answers = [one.strip() for one in said.split(mark)]
    ran = -1
    for sort, text in blocks():
        if sort == "sh":
            ran += 1
            continue
        expected = json.loads(text)
        answer = json.loads(answers[ran].splitlines()[-1])
        assert expected.items() <= answer.items(), answers[ran]
    assert ran > 1
