"""Settings by environment, checked once at start. A wrong setting is refused with the way to mend it."""

from functools import cache
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATABASE = f"sqlite:///{ROOT / 'data' / 'evenkeel.db'}"
SECRET_MINIMUM = 32
_PLACEHOLDERS = ("change", "placeholder", "example", "secret", "default", "some_key", "your-", "replace")


class StartRefused(Exception):
    """The settings are unsafe or unusable; the message says how to mend them."""


class Settings(BaseSettings):
    """What the environment says.

    `database_url` is normalised to an explicit driver: `postgres://` and `postgresql://` both mean psycopg 3.
    """

    model_config = SettingsConfigDict(env_prefix="EVENKEEL_", extra="ignore")

    database_url: str = Field(default=DEFAULT_DATABASE, description="Where the data lives: SQLite or PostgreSQL.")
    secret_key: str = Field(
        default="", description="At least 32 characters. The server does not start without one outside demo mode."
    )
    demo: bool = Field(default=False, description="Demonstration mode: ready-made accounts, no secret needed.")
    policy_file: Path | None = Field(default=None, description="A TOML file that overrides policy defaults.")
    session_hours: float = Field(
        default=12, gt=0, le=168, description="Hours after sign-in until a session ends, used or not."
    )
    session_idle_minutes: int = Field(
        default=60, ge=1, le=1440, description="Minutes without use until a session ends."
    )
    operations: str = Field(
        default="127.0.0.1:8502",
        pattern=r"^(off|[0-9A-Za-z.:\[\]-]+:[0-9]{1,5})$",
        description="Where /readyz and /metrics answer, apart from the screens: host:port, or off.",
    )

    @field_validator("database_url")
    @classmethod
    def _explicit_driver(cls, url: str) -> str:
        for prefix in ("postgres://", "postgresql://"):
            if url.startswith(prefix):
                return "postgresql+psycopg://" + url.removeprefix(prefix)
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError(
                "EVENKEEL_DATABASE_URL must start with sqlite:/// or postgresql:// (for example sqlite:///data/evenkeel.db)"
            )
        return url

    @property
    def session_key(self) -> str:
        """What hashes of sessions depend on: the secret; in demonstration mode, which needs none, a fixed word."""
        return self.secret_key or "demonstration"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def refuse_unsafe_start(chosen: Settings) -> None:
    """Outside demonstration mode a real secret must be set.

    Raises:
        StartRefused: the secret is missing, too short, or looks like a placeholder.
    """
    if chosen.demo:
        return
    key = chosen.secret_key
    remedy = (
        "Set it, for example: export EVENKEEL_SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(48))'), "
        "or set EVENKEEL_DEMO=1 to look at the demonstration."
    )
    if len(key) < SECRET_MINIMUM:
        raise StartRefused(f"EVENKEEL_SECRET_KEY is missing or shorter than {SECRET_MINIMUM} characters. {remedy}")
    if any(word in key.lower() for word in _PLACEHOLDERS) or len(set(key)) < 10:
        raise StartRefused(f"EVENKEEL_SECRET_KEY looks like a placeholder. {remedy}")
