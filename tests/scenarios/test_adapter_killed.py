"""An adapter's process is killed again and again, and its system gets all, once."""

import asyncio
import json
import secrets
from pathlib import Path

import pytest

from broker.core.adapting import Count, LetterState
from tests.federation import Federation
from tests.part import Part, until

pytestmark = pytest.mark.integration

MESSAGES = 12
KILLS = 8
LONGEST_PAUSE_MS = 300
POLICY = """
party: {party}
export:
  - {{id: share, permit: every-kind, to: everyone, items: every-item,
     up-to: "TLP:AMBER H1 H2"}}
import:
  - {{id: take, permit: every-kind, from: everyone, items: every-item,
     up-to: "TLP:AMBER H1 H2", route: [customs]}}
"""


def _configure(node: Path, out: Path) -> None:
    out.mkdir(mode=0o700)
    (node / "adapters.toml").write_text(
        '[customs]\nkind = "folder"\nceiling = "TLP:AMBER H1 H2"\n'
        f"[customs.settings]\nout = {json.dumps(str(out))}\n",
        encoding="utf-8",
    )


async def test_kills_at_random_moments_lose_and_repeat_nothing_at_the_other_end(
    tmp_path: Path,
) -> None:
    for party in ("bel", "ken"):
        text = POLICY.format(party=party.upper())
        (tmp_path / f"{party}.yaml").write_text(text, encoding="utf-8")
    world = Federation(tmp_path / "federation", ("BEL", "KEN"), policies=tmp_path)
    with world:
        node, out = world.folder / "BEL", tmp_path / "out"
        _configure(node, out)
        part = Part("adapters", ["adapter", "run", "--node", node])
        trust = world.trust()
        digests = []
        try:
            for number in range(MESSAGES):
                digests.append(world.send("KEN", to="BEL", trust=trust))
                if number < KILLS:
                    await part.start()
                    await part.until_said("running: customs")
                    pause_ms = secrets.randbelow(LONGEST_PAUSE_MS)
                    await asyncio.sleep(pause_ms / 1000)
                    await part.kill()
            await part.start()
            store = world.members["BEL"].node.store
            for letter in store.letters():
                # Killed four times within the same delivery: given up, until a person
                # has looked at it.
                store.settle_letter(letter.number, LetterState.REPLAY, 1)
            names = {f"trace-request-{one.hex()}.json" for one in digests}
            await until(
                lambda: {one.name for one in out.glob("*.json")} == names,
                "every message is a file",
            )
            assert await part.stop() == 0
        finally:
            if part.running:
                await part.kill()
        for digest in digests:
            # Recorded before it was given, and once, however often it was.
            [given] = store.handed_out(digest)
            assert given.desk == "customs"
        assert store.letters(state=LetterState.WAITING) == []
        health = store.adapter("customs")
        assert health is not None
        # Counted where it is noted that a delivery is done: exactly once each.
        assert health.counts == {Count.DELIVERED: MESSAGES}
        assert health.waiting == 0
    written = [json.loads(one.read_bytes()) for one in out.glob("*.json")]
    assert {one["digest"] for one in written} == {one.hex() for one in digests}
