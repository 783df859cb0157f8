"""Settings: read from the environment (`SARING_…`), overridden by command-line flags.

`docs/reference/settings.md` lists them; a wrong one is told by the name of its variable.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.errors import BadSetting
from service.redis_url import parse_redis_url

Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """All settings with their defaults and meaning."""

    model_config = SettingsConfigDict(env_prefix="SARING_", env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(1, ge=1, le=64, description="Processes that answer requests.")
    data_dir: Path = Field(Path("var"), description="Where the embedded Valkey keeps its data, and the secret.")
    redis_url: str = Field(
        "",
        description="Redis or Valkey to use: redis://, rediss://, unix://, redis+sentinel://, redis+cluster:// "
        "(docs/how-to/many-servers.md); empty: the embedded one in the data directory.",
    )
    secret_file: Path | None = Field(
        None, description="File with the pepper of key hashes; made in the data directory when embedded, else required."
    )
    public_url: str = Field("", description="Where people reach this service; empty: http://host:port.")
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="Networks of proxies whose X-Forwarded-For is believed, separated by commas."
    )
    metrics_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (ip_network("127.0.0.0/8"), ip_network("::1/128")),
        description="Networks that may read /metrics, separated by commas.",
    )
    demo: bool = Field(False, description="On an empty store, make the site `demo` and print one-time credentials.")
    model_dir: Path | None = Field(None, description="Folder of the model; empty: the shipped one.")
    score_deadline_ms: int = Field(
        500, ge=1, description="After so many ms without a score a comment is held unscored."
    )
    flood_address_per_min: int = Field(10, ge=0, description="Comments a minute from one address; 0: no limit.")
    flood_email_per_min: int = Field(6, ge=0, description="Comments a minute from one e-mail address; 0: no limit.")
    flood_site_per_s: int = Field(2000, ge=0, description="Comments a second for one site; 0: no limit.")
    queue_capacity: int = Field(
        1024, ge=1, description="Submissions that may wait in one process for one server of the store; beyond it: 503."
    )
    queue_wait_ms: int = Field(
        50, ge=1, description="So many ms may a submission wait for its turn; one that would wait longer gets 503."
    )
    store_timeout_s: float = Field(5.0, gt=0, description="After so many seconds without an answer the store is away.")
    drain_s: float = Field(20.0, ge=0, description="Seconds that open requests may take when the service stops.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error.")
    retention_days: int = Field(90, ge=1, description="Days that decided comments are kept; pending ones then expire.")

    @field_validator("trusted_proxies", "metrics_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value:
            parse_redis_url(value)
        return value

    @property
    def base_url(self) -> str:
        """The address to print for people."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return self.public_url or f"http://{host}:{self.port}"


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, or from `overrides` that are not None. Raises BadSetting, naming the variable."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        problems = [
            f"SARING_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors(include_input=False, include_url=False)
        ]
        raise BadSetting("; ".join(problems)) from error
