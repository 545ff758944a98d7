"""Something in a policy that a person should look at."""

from dataclasses import dataclass
from typing import Literal, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that can hardly be meant.

    Attributes:
        path: Where, in the document form: "export[2].up-to", "groups.eac".
        severity: An error changes what people think the policy says; a warning does
            not, or may well be meant.
        text: What it is, and what to do about it.
    """

    path: str
    severity: Literal["error", "warning"]
    text: str

    @classmethod
    def error(cls, path: str, text: str) -> Self:
        """Returns an error."""
        return cls(path=path, severity="error", text=text)

    @classmethod
    def warning(cls, path: str, text: str) -> Self:
        """Returns a warning."""
        return cls(path=path, severity="warning", text=text)
