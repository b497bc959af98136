"""My week on the screen: the own numbers, every state, and nothing kept from one person to the next."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, update
from streamlit.testing.v1 import AppTest

from core.access.tables import User
from tests.core.workload import test_own_events as own_events
from tests.core.workload.test_my_week import AS_OF, LAST, ME, PEOPLE, plain_year, rows
from tests.organisations import deliver, employ
from tests.pages.conftest import Jar, opened

OTHER = "Co/B#0"
SCREEN = "my_week.py"
SignIn = Callable[..., AppTest]


@pytest.fixture
def at_desk(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str | None], None]:
    """Links an account to a person of the roster; the screen's day stands still."""
    monkeypatch.setattr("pages.parts.my_week_cards.today", lambda: AS_OF)

    def link(name: str, code: str | None) -> None:
        with database.begin() as connection:
            connection.execute(update(User).where(User.name == name).values(person_code=code))

    return link


def words(at: AppTest) -> str:
    """Everything that the screen says."""
    parts = [*at.title, *at.header, *at.caption, *at.markdown]
    told = " ".join(part.value for part in parts) + " ".join(f"{each.label} {each.value}" for each in at.metric)
    return told.replace("\\", "").replace("\u00a0", " ")


def alternatives(at: AppTest) -> list[str]:
    """What the charts say to a screen reader."""
    return [chart.proto.alt for chart in at.get("plotly_chart")]


def test_the_person_reads_the_own_week(
    at_desk: Callable[[str, str | None], None], database: Engine, sign_in: SignIn
) -> None:
    """Sentence, numbers with their verdicts, the picture with its words and its table, and that nobody else sees it."""
    plain_year(database, {"worked": 46.0, "meeting": 9.0})
    at_desk("employee", ME)
    at = opened(sign_in, "employee", SCREEN)

    assert not at.exception
    assert at.title[0].value == "A week above your agreed hours. That is higher than your last 12 weeks."
    assert [each.label for each in at.metric] == ["Hours worked", "Meetings", "Since your last week off"]
    for text in (
        "46.0 h of 40.0 h",
        "Higher than your last 12 weeks. Usually 82–108 % of available hours.",
        "As usual.",
    ):
        assert text in words(at)
    assert "Only you see this" in words(at)
    assert alternatives(at)[0] == "Your hours worked, with your available hours, week by week over 12 weeks."
    assert len(at.table) == 1
    assert len(at.table[0].value) == 12
    assert {"A in Workload", "Who sees what"} <= {button.label for button in at.button}


def test_the_ways_on_lead_to_the_unit_and_to_who_sees_what(
    at_desk: Callable[[str, str | None], None], database: Engine, sign_in: SignIn
) -> None:
    """The unit is in the address, nobody's name is."""
    plain_year(database, {"worked": 38.0})
    at_desk("employee", ME)
    at = opened(sign_in, "employee", SCREEN)
    at.button(key="to_unit").click().run()

    assert not at.exception
    assert at.query_params["unit"] == "co.a"


def test_a_change_of_person_shows_nothing_of_the_one_before(
    at_desk: Callable[[str, str | None], None], database: Engine, sign_in: SignIn, jar: Jar
) -> None:
    """Two accounts in the same process, one after the other: each reads the own rows at once."""
    plain_year(database, {"worked": 38.0})
    at_desk("employee", ME)
    at_desk("manager", OTHER)

    assert "38.0 h of 40.0 h" in words(opened(sign_in, "employee", SCREEN))
    jar.session = ""  # the browser is handed on
    other = words(opened(sign_in, "manager", SCREEN))
    assert "52.0 h of 40.0 h" in other  # what the third of the others works
    assert "38.0 h" not in other


def test_new_hours_are_there_on_the_next_run(
    at_desk: Callable[[str, str | None], None], database: Engine, sign_in: SignIn
) -> None:
    """Nothing is kept between two looks."""
    plain_year(database, {"worked": 38.0})
    at_desk("employee", ME)
    at = opened(sign_in, "employee", SCREEN)
    deliver(database, PEOPLE, rows({LAST: {"worked": 39.0}}), as_of=AS_OF)

    assert "39.0 h of 40.0 h" in words(at.run())


def test_an_account_without_a_person_is_told_who_can_help(
    at_desk: Callable[[str, str | None], None], sign_in: SignIn
) -> None:
    """A card with the reason, no chart, no number."""
    at = opened(sign_in, "leader", SCREEN)

    assert at.title[0].value == "There is no week of yours to show."
    assert "Your account is not linked to a person on the roster. Your administrator can link it." in words(at)
    assert (len(at.metric), alternatives(at)) == (0, [])


def test_a_person_without_rows_is_told_that_nothing_came_in(
    at_desk: Callable[[str, str | None], None], database: Engine, sign_in: SignIn
) -> None:
    """Not zero hours: none received."""
    employ(database, PEOPLE)
    at_desk("employee", ME)

    assert "No hours of yours have been received yet." in words(opened(sign_in, "employee", SCREEN))


def test_an_administrator_has_no_such_screen(at_desk: Callable[[str, str | None], None], sign_in: SignIn) -> None:
    """The guard says so, and nothing is drawn."""
    at = opened(sign_in, "admin", SCREEN)
    assert "Not part of your view" in words(at)
    assert len(at.metric) == 0


@pytest.mark.parametrize(("code", "shown"), [(own_events.ME, True), (own_events.OTHER, False)])
def test_own_events_are_shown_where_there_are_no_hours_too(
    at_desk: Callable[[str, str | None], None], database: Engine, sign_in: SignIn, code: str, shown: bool
) -> None:
    """A person of whom only events came in reads them; a colleague reads neither those nor an empty heading."""
    own_events.write(database, [event for event in own_events.EVENTS if event[0] == own_events.ME])
    at_desk("employee", code)
    at = opened(sign_in, "employee", SCREEN)

    assert not at.exception
    assert ("When your events fell" in [header.value for header in at.header]) == shown
