"""What an engine keeps to itself."""

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from core.people.tables import Person


def test_values_of_a_statement_are_not_in_its_error_message(engine: Engine) -> None:
    """A second person of the same id: the message names the statement, not the name and address that went with it."""
    person = {"id": 1, "code": "P1", "name": "Ines Marl", "email": "ines.marl@example.org"}
    with engine.connect() as connection, pytest.raises(IntegrityError) as wrong:
        connection.execute(insert(Person), [person, person | {"code": "P2"}])

    assert "INSERT INTO person" in str(wrong.value)
    assert "Ines" not in str(wrong.value)
    assert "ines.marl" not in str(wrong.value)
