"""Where the keys for notes come from: the settings, or in demonstration mode a file in the folder of keys."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from core.rhythm.sealing import KeyRefused, NoKey, Seals
from core.settings import NEW_NOTES_KEY, ROOT, Settings, StartRefused, key_folder, notes_keys

FILE = "notes.key"
DEMONSTRATION = ROOT / "data" / "keys"
MISSING = (
    "Conversations need a key, because what two people write to each other is kept encrypted. Set EVENKEEL_NOTES_KEYS and start "
    f"again, for example: export EVENKEEL_NOTES_KEYS=$({NEW_NOTES_KEY}). Keep it apart from backups: "
    "without it nobody can read the notes again."
)


def seals_of(chosen: Settings) -> Seals:
    """The seals of this process.

    Demonstration mode without keys makes one, once, in `EVENKEEL_KEY_DIR` (without that, in `data/keys`).

    Raises:
        KeyRefused: outside demonstration mode no key is set; the message says how to set one.
        StartRefused: a key is malformed, or the folder of keys is not as it has to be.
    """
    keys = notes_keys(chosen)
    if keys:
        return Seals(keys)
    if not chosen.demo:
        raise KeyRefused(MISSING)
    return Seals((_of_the_demonstration(chosen),))


def seals_or_none(chosen: Settings) -> Seals:
    """As `seals_of`, for screens: without a usable key seals that open nothing and say why, so that days stay plannable."""
    try:
        return seals_of(chosen)
    except (KeyRefused, StartRefused) as refused:
        return NoKey(str(refused))


def _of_the_demonstration(chosen: Settings) -> str:
    if chosen.key_dir is None:
        DEMONSTRATION.mkdir(mode=0o700, parents=True, exist_ok=True)
        chosen = chosen.model_copy(update={"key_dir": DEMONSTRATION})
    file = key_folder(chosen) / FILE
    if not file.exists():
        _make(file)
    try:
        (key,) = notes_keys(
            chosen.model_copy(update={"notes_keys": file.read_text(encoding="ascii", errors="replace").strip()})
        )
    except (StartRefused, ValueError):
        raise KeyRefused(
            f"The file {file} does not hold a key. Bring it back from where you keep it; nothing was overwritten."
        ) from None
    return key


def _make(file: Path) -> None:
    """Whole or not at all: of two processes at once the first one's key stays."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
        made.write(Fernet.generate_key())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
