"""What an operator sets for customs; whatever is not known is refused."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.secret import SecretRef
from broker.core.errors import HandlingError
from broker.core.handling import Handling

_STRICT = ConfigDict(extra="forbid", frozen=True)

PostName = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
"""A border post: the common name of its certificate, and a level of its topics.

Neither a wildcard nor a separator of topics can be in it, nor a dot, which the MQTT
gateway of nats-server writes in another way.
"""


class MqttSettings(BaseModel):
    """A broker that border posts are connected to.

    Attributes:
        host: Its name, as its certificate has it.
        port: Its port.
        version: "5", or "3.1.1" for the gateway of nats-server.
        root: First levels of every topic.
        authority: File of the authority that signed the broker's certificate, PEM.
        certificate: File of our certificate, PEM.
        key: File of our private key, PEM.
        posts: Posts that are given the list, each under a topic of its own; empty:
            one list for all.
        reports: Whether seizure reports of posts are taken in.
        reports_a_day: How many of them one post may bring in a day.
        reports_certificate: File of the certificate that reports are taken in by, PEM;
            None: the same. A broker that lets nobody take over the session of another
            goes by certificates, and so needs one for each of our two connections.
        reports_key: File of its private key, PEM.
        timeout_s: How long the broker may take for an answer, in seconds.
    """

    model_config = _STRICT

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(default=8883, ge=1, le=65535)
    version: Literal["5", "3.1.1"] = "5"
    root: str = Field(default="rogatory/v1", pattern=r"^[a-z0-9-]+(?:/[a-z0-9-]+)*$")
    authority: Path
    certificate: Path
    key: Path
    posts: tuple[PostName, ...] = ()
    reports: bool = True
    reports_a_day: int = Field(default=500, ge=1, le=10_000)
    reports_certificate: Path | None = None
    reports_key: Path | None = None
    timeout_s: float = Field(default=10.0, gt=0, le=60)

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if (self.reports_certificate is None) != (self.reports_key is None):
            raise ValueError("reports_certificate and reports_key go together")
        return self

    def for_reports(self) -> "MqttSettings":
        """Returns these with the certificate that reports are taken in by."""
        if self.reports_certificate is None or self.reports_key is None:
            return self
        changed = {"certificate": self.reports_certificate, "key": self.reports_key}
        return self.model_copy(update=changed)


class WebhookSettings(BaseModel):
    """An address that every change of the list is posted to.

    Attributes:
        url: The address: https, or http on this machine.
        host: What may be called, as `host[:port][@network]`: the network is needed
            where the host has no public address.
        secret: What both sides sign with, "whsec_…".
        authority: File of the authority of the other side's certificate, PEM; None:
            those that this machine trusts.
    """

    model_config = _STRICT

    url: str = Field(min_length=8, max_length=2048)
    host: str = Field(min_length=1, max_length=300)
    secret: SecretRef
    authority: Path | None = None


class CustomsSettings(BaseModel):
    """Settings of one adapter for customs; at least one way out is needed.

    Attributes:
        signing_key: Ed25519 private key, PKCS #8 in PEM, that lists are signed with.
        party_key: Key of the tokens of names, 32 bytes or more; None: no names are
            on the list.
        keep_days: How long an entry holds at most, in days.
        report_handling: How reports of posts are handled at least.
        folder: An existing folder that lists are written to.
        webhook: An address that changes are posted to.
        mqtt: A broker that entries are published at.
    """

    model_config = _STRICT

    signing_key: SecretRef = Field(
        description="Ed25519 private key in PEM: openssl genpkey -algorithm ed25519"
    )
    party_key: SecretRef | None = Field(
        default=None,
        description="key of the tokens of names; without it no names are compared",
    )
    keep_days: int = Field(
        default=180,
        ge=1,
        le=3660,
        description="how long an entry holds at most, in days",
    )
    report_handling: str = Field(
        default="TLP:AMBER",
        description="how reports of border posts are handled at least",
    )
    folder: Path | None = Field(
        default=None, description="an existing folder that lists are written to"
    )
    webhook: WebhookSettings | None = Field(
        default=None,
        description="a table: url, host, secret and authority of a receiver",
    )
    mqtt: MqttSettings | None = Field(
        default=None,
        description="a table: host, port, version, authority, certificate, key, …",
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.folder is None and self.webhook is None and self.mqtt is None:
            raise ValueError("a way out is needed: folder, webhook or mqtt")
        if self.folder is not None and not self.folder.is_absolute():
            raise ValueError("folder: an absolute path is needed")
        try:
            Handling.parse(self.report_handling)
        except HandlingError as error:
            raise ValueError(f"report_handling: {error}") from error
        return self
