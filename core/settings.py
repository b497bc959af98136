"""Settings by environment, checked once at start. A wrong setting is refused with the way to mend it."""

import base64
import binascii
import os
from functools import cache
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATABASE = f"sqlite:///{ROOT / 'data' / 'evenkeel.db'}"
SECRET_MINIMUM = 32
NOTES_KEY_LENGTH = 44
NEW_NOTES_KEY = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
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
    key_dir: Path | None = Field(
        default=None, description="A folder, private to the service, for keys that are in no database and in no backup."
    )
    notes_keys: str = Field(
        default="",
        repr=False,
        description="Keys that notes of conversations are sealed with, newest first, separated by commas.",
    )
    session_hours: float = Field(
        default=12, gt=0, le=168, description="Hours after sign-in until a session ends, used or not."
    )
    session_idle_minutes: int = Field(
        default=60, ge=1, le=1440, description="Minutes without use until a session ends."
    )
    upload_megabytes: int = Field(
        default=64, ge=1, le=512, description="The largest file that HR and administrators may upload on the screen."
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
    """Outside demonstration mode a real secret must be set; a folder for keys, if one is named, must be there and private.

    Raises:
        StartRefused: the secret is missing, too short, or looks like a placeholder; the folder is not as it has to be; or a key
            for notes is none.
    """
    if chosen.key_dir is not None:
        key_folder(chosen)
    notes_keys(chosen)
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


def notes_keys(chosen: Settings) -> tuple[str, ...]:
    """The keys of `EVENKEEL_NOTES_KEYS`, newest first; empty when none is set.

    Raises:
        StartRefused: one is not a key (32 bytes in URL-safe Base64). The message never holds any of it.
    """
    keys = tuple(key.strip() for key in chosen.notes_keys.split(",") if key.strip())
    for place, key in enumerate(keys, start=1):
        try:
            whole = len(key) == NOTES_KEY_LENGTH and len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
        except (binascii.Error, ValueError):
            whole = False
        if not whole:
            raise StartRefused(
                f"Key {place} of EVENKEEL_NOTES_KEYS is not a key for notes: it has to be 32 bytes in URL-safe Base64 "
                f"({NOTES_KEY_LENGTH} characters). Take it again from where you keep it; a new one is made by: {NEW_NOTES_KEY}"
            )
    return keys


def key_folder(chosen: Settings) -> Path:
    """The folder of the keys that are in no database and in no backup.

    Raises:
        StartRefused: it is not set, not there, not a folder, not this account's, or open to other accounts.
    """
    folder = chosen.key_dir
    if folder is None:
        raise StartRefused(
            "EVENKEEL_KEY_DIR is not set. Make a folder that only the service may enter, and name it there."
        )
    remedy = f"Run: install -d -m 700 {folder}"
    if not folder.is_dir():
        raise StartRefused(
            f"EVENKEEL_KEY_DIR names {folder}, and there is no such folder. If it held keys, bring them back from where they "
            f"were: they are in no backup of the database. For a new installation: {remedy}"
        )
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise StartRefused(f"EVENKEEL_KEY_DIR names {folder}, which belongs to another account. {remedy}")
    if found.st_mode & 0o077:
        raise StartRefused(f"EVENKEEL_KEY_DIR names {folder}, which other accounts may enter. Run: chmod 700 {folder}")
    return folder
