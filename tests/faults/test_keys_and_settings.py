"""What is missing beside the database: the secret, the folder of keys, the policy file, the key of the ledger."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from core.database.engine import make_engine
from core.policy import PolicyRefused, read_policy
from core.privacy.tables import TenantKey
from core.settings import Settings, StartRefused, key_folder, refuse_unsafe_start
from core.settings import settings as read_settings
from tests.cli.conftest import CommandLine
from tests.faults.conftest import Files
from tests.faults.standing import content, standing

ROOT = Path(__file__).parents[2]
SECRET = "Zq3-kV8w_Lm2xT9bR4nHs7YdUe1PgJc5"

POLICIES = {
    "is not there": (None, "cannot be read: No such file or directory"),
    "is a folder": (Path.mkdir, "cannot be read: Is a directory"),
    "is not TOML": ("k = = 7", "is not TOML"),
    "is not text": (b"\xff\xfe\x00k", "is not TOML"),
    "names an unknown field": ("kk = 7", "kk: Extra inputs are not permitted"),
    "breaks a limit": ("k = 2", "k: Input should be greater than or equal to 5"),
}


def policy_file(path: Path, content: object) -> Path:
    """A policy file, or what stands in its place."""
    if isinstance(content, str):
        path.write_text(content, encoding="utf-8")
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
    return path


@pytest.mark.parametrize("what", POLICIES)
def test_a_policy_file_that_cannot_be_used_is_refused_by_name(what: str, tmp_path: Path) -> None:
    """The file, what is wrong with it, and the remedy; never the defaults in silence."""
    content, told = POLICIES[what]
    file = policy_file(tmp_path / "policy.toml", content)

    with pytest.raises(PolicyRefused) as refused:
        read_policy(file)
    assert str(file) in str(refused.value) and told in str(refused.value)
    assert str(refused.value).endswith("unset EVENKEEL_POLICY_FILE to go by the defaults.")


def test_commands_refuse_a_wrong_policy_and_release_nothing(
    with_people: Callable[[], str],
    files: Files,
    command_line: Callable[[str], CommandLine],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A typo in it must not lower the protection: exit 1, no week released; with the file mended, the same command works."""
    url = with_people()
    line = command_line(url)
    line.done(*files.importing, "--hold")
    monkeypatch.setenv("EVENKEEL_POLICY_FILE", str(policy_file(tmp_path / "policy.toml", "kk = 7")))
    engine = make_engine(url)

    assert "kk: Extra inputs" in line.refused("privacy", "release", "--as-of", files.importing[-1])
    assert standing(engine).released == {}
    policy_file(tmp_path / "policy.toml", "k = 7")
    line.done("privacy", "release", "--as-of", files.importing[-1])
    assert len(standing(engine).released) == 4
    engine.dispose()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "EVENKEEL_SECRET_KEY is missing"),
        (
            {"EVENKEEL_SECRET_KEY": SECRET, "EVENKEEL_POLICY_FILE": "/nowhere/policy.toml"},
            "/nowhere/policy.toml cannot be read",
        ),
        ({"EVENKEEL_SECRET_KEY": SECRET, "EVENKEEL_KEY_DIR": "/nowhere/keys"}, "there is no such folder"),
    ],
)
def test_the_server_does_not_start_and_says_why(
    settings: dict[str, str], told: str, on_database: Callable[[str], CommandLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, which Python prints before it ends with exit 1."""
    on_database("sqlite:////nowhere/none.db")
    for name in ("EVENKEEL_SECRET_KEY", "EVENKEEL_DEMO", "EVENKEEL_KEY_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    read_settings.cache_clear()

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "app.py"))
    assert str(ended.value).startswith("Evenkeel does not start. ") and told in str(ended.value)


def test_the_folder_of_keys_has_to_be_there_and_private(tmp_path: Path) -> None:
    """Not set, not there, a file, open to others: each is refused with what to run; a private one is taken."""
    folder, file = tmp_path / "keys", tmp_path / "file"
    file.touch()
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)

    def refused(where: Path | None) -> str:
        with pytest.raises(StartRefused) as reason:
            key_folder(Settings(key_dir=where))
        return str(reason.value)

    assert "is not set" in refused(None)
    assert f"install -d -m 700 {tmp_path / 'none'}" in refused(tmp_path / "none")
    assert "in no backup of the database" in refused(file)
    assert refused(folder).endswith(f"Run: chmod 700 {folder}")
    folder.chmod(0o700)
    assert key_folder(Settings(key_dir=folder)) == folder


def test_a_folder_of_keys_that_is_named_is_looked_at_when_the_server_starts(tmp_path: Path) -> None:
    """Also in demonstration mode, which needs none."""
    refuse_unsafe_start(Settings(demo=True))
    with pytest.raises(StartRefused, match="no such folder"):
        refuse_unsafe_start(Settings(demo=True, key_dir=tmp_path / "none"))


def test_without_the_key_of_the_ledger_nothing_is_released_and_no_new_one_is_made(
    with_people: Callable[[], str], files: Files, command_line: Callable[[str], CommandLine], tmp_path: Path
) -> None:
    """A new key would know nobody again, and corrections would be unprotected; the backup brings it back."""
    url = with_people()
    line = command_line(url)
    line.done("import", "person-weeks", files.weeks, "--as-of", "2026-03-01")
    line.done("backup", tmp_path / "b.zip")
    engine = make_engine(url)
    released = standing(engine).released
    assert released
    with engine.begin() as connection:
        connection.execute(delete(TenantKey))

    reason = line.refused("privacy", "release", "--as-of", files.importing[-1])

    assert "The key of the ledger is missing" in reason and reason.endswith("python -m core restore FILE --replace")
    assert standing(engine).released == released
    with engine.connect() as connection:
        assert connection.scalar(select(TenantKey.key)) is None
    line.done("restore", tmp_path / "b.zip", "--replace", "--yes")
    line.done("privacy", "release", "--as-of", files.importing[-1])
    assert len(standing(engine).released) == 4
    assert line.done("privacy", "audit")
    engine.dispose()


def test_restore_asks_before_it_does_away_with_anything(
    with_people: Callable[[], str], files: Files, command_line: Callable[[str], CommandLine], tmp_path: Path
) -> None:
    """No is no; and so is no answer."""
    url = with_people()
    line = command_line(url)
    line.done("backup", tmp_path / "b.zip")
    line.done(*files.importing)
    engine = make_engine(url)
    before = content(engine)

    assert "holds data already" in line.refused("restore", tmp_path / "b.zip")
    for answer in ("n\n", ""):
        asked = line("restore", tmp_path / "b.zip", "--replace", given=answer)
        assert asked.exit_code == 1 and "Go on?" in asked.stderr
        assert content(engine) == before
    told = line.document("restore", tmp_path / "b.zip", "--replace", "--yes", "--json")
    assert told["rows"] > 40 and content(engine) != before
    verified = line.document("backup", "--verify", tmp_path / "b.zip", "--json")
    assert verified["verified"] and verified["change_log"] == told["change_log"]
    engine.dispose()
