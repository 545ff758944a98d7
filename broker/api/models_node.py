"""How a node and those around it look from outside."""

from pydantic import BaseModel, Field


class Health(BaseModel):
    """Whether the interface is up."""

    status: str = Field(description="`ok`; anything else comes with the status 503.")


class Check(BaseModel):
    """One thing that has to be as it should."""

    name: str
    ok: bool
    detail: str | None = None


class Readiness(BaseModel):
    """Whether documents can be taken now."""

    status: str = Field(description="`ok` or `not-ready`.")
    checks: list[Check]


class Me(BaseModel):
    """Who the caller is to this node."""

    party: str = Field(description="Whose node it is.")
    client: str
    agency: str
    roles: list[str]
    desks: list[str] = Field(description="`*`: whatever the node may read.")


class Kind(BaseModel):
    """A kind of content."""

    kind: str = Field(description="As messages name it.", examples=["trace-request/1"])
    name: str = Field(examples=["trace-request"])
    version: int
    schema_url: str = Field(examples=["/v1/kinds/trace-request/schema"])


class Kinds(BaseModel):
    """Every kind of content that can be sent."""

    kinds: list[Kind]


class Party(BaseModel):
    """A party of the federation."""

    party: str = Field(examples=["BEL"])
    name: str
    own: bool = Field(description="Whether it is this node's.")
    suspended: bool = Field(
        description="Whether it neither sends nor receives at present."
    )


class Parties(BaseModel):
    """Everybody in the federation, as the directory has it that this node goes by."""

    directory_version: int
    parties: list[Party]
