"""Regenerates the protobuf modules and compares them with the committed ones.

Run by `make check` (compare) and `make proto` (--write).
"""

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def generate(target: Path) -> None:
    """Runs buf in a copy of the sources, so that a failure leaves them alone."""
    for source in [*HERE.glob("buf*.yaml"), *HERE.rglob("*.proto")]:
        place = target / source.relative_to(HERE)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
    tools = Path(sys.executable).parent
    path = f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run(
        [str(tools / "buf"), "generate"],
        cwd=target,
        check=True,
        env={**os.environ, "PATH": path},
    )


def main() -> int:
    """Returns 0 when nothing differs, 1 with the list of files otherwise."""
    write = "--write" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        names = {
            str(made.relative_to(root))
            for root in (fresh, HERE)
            for made in (root / "rogatory").rglob("*_pb2.py*")
            if made.suffix in {".py", ".pyi"}
        }
        stale = sorted(
            name
            for name in names
            if not (fresh / name).exists()
            or not (HERE / name).exists()
            or not filecmp.cmp(fresh / name, HERE / name, shallow=False)
        )
        if not stale:
            return 0
        if not write:
            print("generated files are out of date; run: make proto", file=sys.stderr)
            print("\n".join(f"  proto/{name}" for name in stale), file=sys.stderr)
            return 1
        for name in stale:
            if (fresh / name).exists():
                shutil.copy(fresh / name, HERE / name)
            else:
                (HERE / name).unlink()
            print(f"  proto/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
