"""Sealing: what is written can be read with the key and in its place, and in no other way."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from core.rhythm import notes_key
from core.rhythm.notes_key import FILE, seals_of
from core.rhythm.sealing import BLOCK, MOVED, NOT_OURS, KeyRefused, Place, Seals
from core.settings import Settings, StartRefused, notes_keys, refuse_unsafe_start

KEY, NEWER = (base64.urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))
HERE = Place("shared_note", "7", "3:1")
PLACES = st.tuples(*[st.sampled_from(["1", "12", "2", "1:2", ""])] * 3)
TEXT = "Progress is slower than we hoped; let us drop the second report."


@given(text=st.text(), place=st.builds(Place, st.text(), st.text(), st.text()))
def test_what_is_sealed_opens_in_its_place(text: str, place: Place) -> None:
    """Any text, any place; seals are plain ASCII."""
    seals = Seals([KEY])
    sealed = seals.seal(place, text)

    assert seals.open(place, sealed) == text
    assert sealed.isascii()


@given(here=PLACES, there=PLACES)
def test_it_opens_nowhere_else(here: tuple[str, str, str], there: tuple[str, str, str]) -> None:
    """Table, pair and row are compared one by one: no two places run into each other."""
    seals = Seals([KEY])
    sealed = seals.seal(Place(*here), TEXT)
    if here == there:
        assert seals.open(Place(*there), sealed) == TEXT
    else:
        with pytest.raises(KeyRefused) as refused:
            seals.open(Place(*there), sealed)
        assert str(refused.value) == MOVED


def test_without_the_key_nothing_of_the_text_is_there() -> None:
    """Another key is refused with what to do, and the seal holds no word of it."""
    sealed = Seals([KEY]).seal(HERE, TEXT)

    with pytest.raises(KeyRefused) as refused:
        Seals([NEWER]).open(HERE, sealed)
    assert str(refused.value) == NOT_OURS
    assert "EVENKEEL_NOTES_KEYS" in NOT_OURS
    raw = base64.urlsafe_b64decode(sealed)
    assert not any(word.encode() in raw for word in TEXT.split() if len(word) > 3)
    assert Seals([NEWER]).look(HERE, sealed).text == ""
    assert Seals([NEWER]).look(HERE, sealed).why == NOT_OURS
    assert Seals([KEY]).look(HERE, sealed).text == TEXT


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=1))
def test_a_changed_seal_is_refused(at: int, other: bytes) -> None:
    """Whatever byte is put in whatever place (the last letters of Base64 hold bits that mean nothing)."""
    seals = Seals([KEY])
    sealed = seals.seal(HERE, TEXT)
    place = at % (len(sealed) - 3)
    changed = sealed[:place] + other.decode("latin-1") + sealed[place + 1 :]
    if changed != sealed:
        with pytest.raises(KeyRefused):
            seals.open(HERE, changed)


def test_the_newest_key_seals_and_the_older_ones_still_open() -> None:
    """With the newest first; the old key alone does not open what the new one sealed."""
    before = Seals([KEY]).seal(HERE, TEXT)
    both = Seals([NEWER, KEY])

    assert both.open(HERE, before) == TEXT
    after = both.seal(HERE, TEXT)
    assert Seals([NEWER]).open(HERE, after) == TEXT
    with pytest.raises(KeyRefused):
        Seals([KEY]).open(HERE, after)


def test_a_short_answer_is_as_long_as_a_longer_one() -> None:
    """The length of a row tells blocks, not words; equal texts have different seals."""
    seals = Seals([KEY])
    lengths = {len(seals.seal(HERE, "x" * size)) for size in (0, 1, 40, BLOCK - 50)}

    assert len(lengths) == 1
    assert len(seals.seal(HERE, "x" * BLOCK)) > min(lengths)
    assert seals.seal(HERE, TEXT) != seals.seal(HERE, TEXT)


# --- where keys come from ---------------------------------------------------------------------------------------------


def plain(**chosen: object) -> Settings:
    """Settings without the environment's."""
    return Settings.model_validate({"notes_keys": "", "demo": False, "key_dir": None, "secret_key": "", **chosen})


def test_without_a_key_the_message_says_what_to_set() -> None:
    """And the command in it makes a key that is taken."""
    with pytest.raises(KeyRefused, match="EVENKEEL_NOTES_KEYS=") as refused:
        seals_of(plain())
    assert "apart from backups" in str(refused.value)
    assert notes_keys(plain(notes_keys=Fernet.generate_key().decode()))


def test_keys_are_read_newest_first_and_blanks_are_nothing() -> None:
    """Separated by commas; blanks and a comma too many do no harm."""
    chosen = plain(notes_keys=f" {NEWER} , {KEY},")
    assert notes_keys(chosen) == (NEWER, KEY)
    assert Seals([NEWER]).open(HERE, seals_of(chosen).seal(HERE, TEXT)) == TEXT


@pytest.mark.parametrize("wrong", ["short", KEY[:-1], KEY + "=", KEY.replace("A", "!"), "é" * 44, "A" * 44])
def test_a_key_that_is_none_is_refused_at_the_start_and_never_repeated(wrong: str) -> None:
    """The message names the place in the list; what was typed stays out of it and out of the settings' own words."""
    chosen = plain(notes_keys=f"{KEY},{wrong}", demo=True)
    for ask in (notes_keys, refuse_unsafe_start, seals_of):
        with pytest.raises(StartRefused, match="Key 2 of EVENKEEL_NOTES_KEYS") as refused:
            ask(chosen)
        assert wrong not in str(refused.value)
    assert KEY not in repr(chosen)


def test_the_demonstration_makes_one_key_and_keeps_it(tmp_path: Path) -> None:
    """Readable by the service alone; made once, also by eight at the same moment; nothing is left beside it."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    chosen = plain(demo=True, key_dir=folder)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: seals_of(chosen), range(8)))

    sealed = made[0].seal(HERE, TEXT)
    assert all(each.open(HERE, sealed) == TEXT for each in [*made, seals_of(chosen)])
    assert [file.name for file in folder.iterdir()] == [FILE]
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_the_demonstration_without_a_folder_has_one_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed to other accounts from the first moment."""
    monkeypatch.setattr(notes_key, "DEMONSTRATION", tmp_path / "data" / "keys")
    sealed = seals_of(plain(demo=True)).seal(HERE, TEXT)

    assert seals_of(plain(demo=True)).open(HERE, sealed) == TEXT
    assert stat.S_IMODE((tmp_path / "data" / "keys").stat().st_mode) == 0o700


@pytest.mark.parametrize("content", ["", "not a key", f"{KEY},{NEWER}"])
def test_a_key_file_without_a_key_is_refused_and_stays_as_it_is(tmp_path: Path, content: str) -> None:
    """It is not replaced by a new key: what was sealed before could never be read again."""
    tmp_path.chmod(0o700)
    (tmp_path / FILE).write_text(content)

    with pytest.raises(KeyRefused, match="does not hold a key"):
        seals_of(plain(demo=True, key_dir=tmp_path))
    assert (tmp_path / FILE).read_text() == content


def test_keys_of_the_settings_come_before_the_file_of_the_demonstration(tmp_path: Path) -> None:
    """Nothing is made where a key is set."""
    tmp_path.chmod(0o700)
    sealed = seals_of(plain(demo=True, key_dir=tmp_path, notes_keys=KEY)).seal(HERE, TEXT)

    assert Seals([KEY]).open(HERE, sealed) == TEXT
    assert list(tmp_path.iterdir()) == []
