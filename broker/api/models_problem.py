"""How an answer looks that says why not (RFC 9457)."""

from pydantic import BaseModel, Field


class ProblemPlace(BaseModel):
    """One place in a request that does not fit."""

    path: str = Field(description="Where, such as `content.items[0].firearm.calibre`.")
    found: str = Field(description="What was found there, shortened.")
    expected: str = Field(description="What would have been right.")


class Problem(BaseModel):
    """Why something was not done. Nothing was done then, unless it says so."""

    type: str = Field(description="`urn:rogatory:problem:` and the code.")
    title: str = Field(description="What happened; the same for each code.")
    status: int = Field(description="The status of HTTP.", ge=400, le=599)
    code: str = Field(description="A stable word: decide by it, not by the sentences.")
    detail: str | None = Field(default=None, description="What it was about here.")
    advice: str | None = Field(default=None, description="What to do next.")
    places: list[ProblemPlace] | None = Field(
        default=None, description="Where a document or a request does not fit."
    )
