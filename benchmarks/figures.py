"""Figures with their goals: collected in one run, printed, written as JSON."""

import json
import platform
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number.

    Attributes:
        goal: What it should reach, as text such as ">= 1.0"; empty for none.
    """

    value: float
    unit: str
    goal: str = ""

    @property
    def meets(self) -> bool | None:
        """Whether the goal is met; None when there is none."""
        if not self.goal:
            return None
        relation, bound = self.goal.split()
        if relation == ">=":
            return self.value >= float(bound)
        return self.value <= float(bound)


@dataclass(slots=True)
class Figures:
    """All figures of a run, in their order."""

    found: dict[str, Figure] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str, goal: str = "") -> None:
        """Notes a figure, and says it."""
        figure = Figure(value=round(value, 3), unit=unit, goal=goal)
        self.found[name] = figure
        print(f"  {_line(name, figure)}", flush=True)

    def write(self, path: Path) -> None:
        """Writes the figures beside those that other benchmarks have left there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        kept.update(
            {
                name: {
                    "value": figure.value,
                    "unit": figure.unit,
                    "goal": figure.goal or None,
                    "meets": figure.meets,
                }
                for name, figure in self.found.items()
            }
        )
        path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")

    def print_table(self) -> None:
        """Prints every figure, and whether its goal is met."""
        print(f"\n{platform.machine()}, Python {platform.python_version()}")
        for name, figure in self.found.items():
            print(f"  {_line(name, figure)}")


def _line(name: str, figure: Figure) -> str:
    verdict = {None: "", True: "met", False: "MISSED"}[figure.meets]
    return (
        f"{name:<46} {figure.value:>12,.2f} {figure.unit:<8} {figure.goal:<8} {verdict}"
    )
