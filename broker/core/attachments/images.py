"""Images without what cameras and programs write into them: where, when, whose.

No pixel is decoded or changed: parts of the file are kept, or left out. What is no
whole image of its format is refused, since nobody could say what is left in it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from broker.core.attachments.jpeg import stripped_jpeg
from broker.core.attachments.media import JPEG, PNG
from broker.core.attachments.png import stripped_png

STRIPPERS: Final[Mapping[str, Callable[[bytes], bytes]]] = MappingProxyType(
    {JPEG: stripped_jpeg, PNG: stripped_png}
)
"""By media type: what leaves metadata out. Other images are not taken apart here."""
