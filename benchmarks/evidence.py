"""How long it takes to check a file of evidence: what a court would wait for.

In processor time, with every step of the check, in a directory of 200 parties with
three stewards and two witnesses. Nothing in it waits for anything.
"""

import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.figures import Figures
from broker.core.evidence.verify import verify_evidence
from keys.timestamps import timestamp_request
from tests.evidence_world import EvidenceWorld
from tests.time_authority import make_authority
from tests.world import BEL, MEX

PARTIES: Final = 200
_TIMES: Final = 100
_IN_A_CASE: Final = 20  # messages


def measure_evidence(figures: Figures) -> None:
    """Measures checking evidence of a message, and of a case."""
    with tempfile.TemporaryDirectory(prefix="rogatory-bench-") as folder:
        root = Path(folder)
        authority = make_authority(root / "authority")

        def stamp(note: str) -> bytes:
            return authority.stamp(timestamp_request(note.encode()).body)

        world = EvidenceWorld(root / "hub", crowd=PARTIES - 3, stamp=stamp)
        one = world.collect(world.exchange((BEL, MEX)), disclosed=True).data
        messages = [world.exchange() for _ in range(_IN_A_CASE)]
        case = world.collect(*messages, disclosed=True).data
        plain = world.demands()
        stamped = world.demands(authorities=authority.certificate)
        for name, data, demands, times, goal in (
            ("message", one, plain, _TIMES, "<= 50"),
            ("message.stamped", one, stamped, _TIMES, "<= 50"),
            (f"case.{_IN_A_CASE}", case, stamped, _TIMES // 10, ""),
        ):
            taken = []
            for _ in range(times):
                begun = time.process_time()
                verify_evidence(data, demands).check()
                taken.append((time.process_time() - begun) * 1000)
            median = sorted(taken)[len(taken) // 2]
            figures.add(f"evidence.verify.{name}.p50", median, "ms", goal)
        figures.add("evidence.size.message", len(one) / 1000, "kB")
