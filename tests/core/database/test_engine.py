"""What an engine keeps to itself."""

from traceback import format_exception

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from core.people.tables import Person


@pytest.mark.parametrize("second", [{"id": 1, "code": "P2"}, {"id": 2, "code": "P1"}, {"id": 2, "code": None}])
def test_values_of_a_statement_are_not_in_its_error_message(engine: Engine, second: dict[str, object]) -> None:
    """A doubled key, a missing value: the message says what is wrong, and neither the key nor anything of the row."""
    person: dict[str, object] = {"id": 1, "code": "P1", "name": "Ines Marl", "email": "ines.marl@example.org"}
    with engine.connect() as connection, pytest.raises(IntegrityError) as wrong:
        connection.execute(insert(Person), [person])
        connection.execute(insert(Person), [person | second])

    told = "".join(format_exception(wrong.value))
    assert "INSERT INTO person" in str(wrong.value)
    assert "constraint" in str(wrong.value)
    assert not [value for value in ("Ines", "ines.marl", "(P1)", "(1)") if value in told]
