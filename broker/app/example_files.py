"""Where the example files are, in a checkout and in an installation.

What is in them is left to whoever reads them.
"""

from pathlib import Path

from broker.core.errors import ConfigurationError


def examples_folder() -> Path:
    """Returns where the example files are: beside the source, or in the package.

    Raises:
        ConfigurationError: In neither place.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "examples", package / "examples"):
        if (folder / "trace-request.yaml").is_file():
            return folder
    raise ConfigurationError("the example files are not part of this installation")
