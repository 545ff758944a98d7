"""Makes what is made of other files here: the models, and the client that waits.

`python clients/python/make.py` writes them, `--check` says whether they are as they
would be written. It needs the tools of the project's own environment.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
OPENAPI: Final = HERE.parents[1] / "docs" / "openapi.json"
PACKAGE: Final = HERE / "src" / "rogatory_client"

_WORDS: Final = (
    (
        "The client for asynchronous programs, from which that for others is made.",
        "The client for programs that wait; made from the asynchronous one.",
    ),
    ("import asyncio\n", "import time\n"),
    ("AsyncIterator", "Iterator"),
    ("AsyncClient", "Client"),
    ("asyncio.sleep", "time.sleep"),
    ("__aenter__", "__enter__"),
    ("__aexit__", "__exit__"),
    ("aclose", "close"),
    ("aiter_lines", "iter_lines"),
    ("aread", "read"),
    ("async def", "def"),
    ("async with", "with"),
    ("async for", "for"),
    ("await ", ""),
)


def waiting_client() -> str:
    """Returns the client for programs that wait."""
    text = (PACKAGE / "asynchronous.py").read_text(encoding="utf-8")
    for old, new in _WORDS:
        text = text.replace(old, new)
    return _formatted(text)


def models() -> str:
    """Returns the types of what the node answers, after its OpenAPI document."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "models.py"
        _run(
            "datamodel_code_generator",
            "--input", str(OPENAPI),
            "--input-file-type", "openapi",
            "--output", str(made),
            "--output-model-type", "typing.TypedDict",
            "--target-python-version", "3.11",
            "--use-standard-collections",
            "--use-union-operator",
            "--use-schema-description",
            "--disable-timestamp",
            "--formatters", "builtin",
            "--custom-file-header", '"""What the node answers; made from its OpenAPI'
            ' document."""\n',
        )  # fmt: skip
        text = made.read_text(encoding="utf-8")
        # Python has it itself; the client needs nothing more for it.
        text = text.replace("from typing_extensions import", "from typing import")
        # What is sent is closed at the node; here, any Python of 3.11 has to read it.
        text = text.replace(", closed=True", "")
        return _formatted(text)


def main(arguments: list[str]) -> int:
    """Writes the files, or compares them; returns the exit code."""
    made = {"client.py": waiting_client(), "models.py": models()}
    stale = []
    for name, text in made.items():
        file = PACKAGE / name
        if "--check" not in arguments:
            file.write_text(text, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
    if stale:
        print(f"stale: {', '.join(stale)}; run python clients/python/make.py")
    return 1 if stale else 0


def _formatted(text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-q", "--stdin-filename", "made.py"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        cwd=HERE,
    )
    return done.stdout


def _run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, cwd=HERE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
