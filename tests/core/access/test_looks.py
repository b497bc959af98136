"""Who looked, as the person reads it: by the name that people know, the own record and the own unit and nothing else."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from core.access.accounts import add_user
from core.access.reads import Look, looks_at_own, looks_at_unit, record_read
from core.access.viewer import Viewer

DAY = date(2026, 3, 18)
AT = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
ME = Viewer(1, "noor", "Noor Haddad", ("employee",), own_unit="Co/A", person_code="P1")


def look(engine: Engine, viewer: str, subject: str, day: date = DAY, what: str = "my week") -> None:
    """One look."""
    with engine.begin() as connection:
        record_read(connection, viewer=viewer, subjects=[subject], what=what, day=day)


def account(engine: Engine, name: str, display_name: str) -> None:
    """An account with the name that it shows."""
    with engine.begin() as connection:
        add_user(connection, name=name, display_name=display_name, password_hash="x", roles=("hr",), at=AT, actor="t")


def test_readers_are_named_as_people_know_them(engine: Engine) -> None:
    """An account by the name it shows, an operator with whose view was taken, anybody else as written down."""
    account(engine, "ines", "Ines Ferreira")
    account(engine, "noor", "Noor Haddad")
    look(engine, "ines", "P1")
    look(engine, "operator root as noor", "P1")
    look(engine, "operator root as gone", "P1")
    look(engine, "somebody who left", "P1")
    with engine.connect() as connection:
        found = looks_at_own(connection, ME)
    assert [each.who for each in found] == [
        "Ines Ferreira",
        "operator root, in the view of gone",
        "operator root, in the view of Noor Haddad",
        "somebody who left",
    ]


def test_looks_of_a_day_stand_in_one_line_and_the_newest_day_comes_first(engine: Engine) -> None:
    """One line a reader and day, with how many times; the newest thing read names it."""
    look(engine, "ines", "P1")
    look(engine, "ines", "P1", what="who sees what")
    look(engine, "ines", "P1", DAY + timedelta(days=1))
    with engine.connect() as connection:
        found = looks_at_own(connection, ME)
    assert found == (
        Look(DAY + timedelta(days=1), "ines", "my week", 1),
        Look(DAY, "ines", "who sees what", 2),
    )


def test_looks_at_the_unit_are_those_at_the_own_unit_to_the_letter(engine: Engine) -> None:
    """Not the unit above, below, or one that begins alike; nothing for somebody without a unit or a person."""
    for subject in ("unit Co/A", "unit Co", "unit Co/A/B", "unit Co/Ab", "unit co/a", "P1", "P10", ""):
        look(engine, "ines", subject, what=f"about {subject}")
    nobody = Viewer(2, "x", "X", ("admin",))
    with engine.connect() as connection:
        assert [each.what for each in looks_at_unit(connection, ME)] == ["about unit Co/A"]
        assert [each.what for each in looks_at_own(connection, ME)] == ["about P1"]
        assert looks_at_unit(connection, nobody) == looks_at_own(connection, nobody) == ()
