"""Punch cards and uploads under attack: what silence tells, what a card proves, what a check answers, what a file runs.

Two worlds are built that differ in what very few people did; where a reader can tell one from the other, the attack works.
Every attack is run against the product and against a copy in which the rule that stops it is broken.
"""

import re
import shutil
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import openpyxl
import pytest
import streamlit as st
from sqlalchemy import Engine, delete, insert
from streamlit.testing.v1 import AppTest

from core.access.accounts import account_id
from core.calendar import monday_of, today
from core.database.engine import make_engine
from core.delivery import ImportOptions
from core.intake import import_wording
from core.intake.formats import FileRefused
from core.intake.preview import preview
from core.metrics.wording import NBSP
from core.people.views import load_viewer
from core.privacy import publish
from core.privacy.cards import draft_cards
from core.workload.activity_card import export_frame
from core.workload.activity_views import punch_card
from core.workload.board import WorkloadFilters
from core.workload.tables import PersonWeek
from core.workload.views import workload_board
from pages.parts.import_desk import desk
from tests.attacks import target
from tests.attacks.careless import RULES, Patches, broken
from tests.core.workload.activity import active
from tests.organisations import FULL_WEEK, POLICY, audited, codes, employ, people_in, release, who

QUARTER = date(2025, 9, 29)
CLOSED = date(2026, 1, 5)  # its last week is closed
WEEKS = [QUARTER + i * timedelta(days=7) for i in range(3)]
ALONE, PAIR, SIX, FORMULA = "Co/A/alone", "Co/B/pair", "Co/A/six", "Co/B/=more"
PEOPLE = people_in({SIX: 7, "Co/A/many": 9, ALONE: 1, FORMULA: 30, PAIR: 2})
SATURDAY, EVENING = 6, 20
STRINGS = "xl/sharedStrings.xml"
ENTRY = Path(__file__).parents[2] / "pages" / "_main.py"


@dataclass(frozen=True)
class Worlds:
    """Two databases. In `quiet` one person alone was silent for a week, a pair all quarter, and one of six on Saturday."""

    busy: Engine
    quiet: Engine

    @property
    def both(self) -> tuple[Engine, Engine]:
        """One after the other."""
        return self.busy, self.quiet


def _events(*, quiet: bool) -> dict[tuple[str, date, int, int], int]:
    found = {}
    for code, unit in PEOPLE.items():
        place = int(code.partition("#")[2])
        for week in WEEKS:
            silent = (unit == ALONE and week == WEEKS[1]) or unit == PAIR
            if (unit == SIX and place == 6) or (quiet and silent):
                continue
            for day in range(1, 6):
                found[code, week, day, 9] = 4
        if unit == SIX and place < (5 if quiet else 6):
            found[code, QUARTER, SATURDAY, EVENING + 2] = 3
    return found


@pytest.fixture
def worlds(sqlite_template: Path, tmp_path: Path) -> Callable[[], Worlds]:
    """Builds both worlds anew, under the rules that are in force at that moment."""
    built = 0

    def build() -> Worlds:
        nonlocal built
        engines = []
        for quiet in (False, True):
            built += 1
            path = tmp_path / f"world-{built}.db"
            shutil.copy(sqlite_template, path)
            engine = make_engine(f"sqlite:///{path}")
            employ(engine, PEOPLE)
            active(engine, PEOPLE, _events(quiet=quiet))
            release(engine, as_of=CLOSED)
            engines.append(engine)
        return Worlds(*engines)

    return build


def what_silence_tells(at: Worlds) -> bool:
    """As a leader: learn from 'hidden' and 'no data' whether one or two people did anything in a week, or in a quarter."""
    return _told_of_few(at.busy) != _told_of_few(at.quiet)


def _told_of_few(engine: Engine) -> list[object]:
    leader, told = who("leader", units=("Co",)), []
    with engine.connect() as connection:
        for unit in (ALONE, PAIR):
            for at in (unit, unit.rpartition("/")[0]):
                filters = WorkloadFilters(unit=at, metric="activity_after_hours", weeks=len(WEEKS), until=WEEKS[-1])
                board = workload_board(connection, leader, filters, policy=POLICY, as_of=CLOSED)
                keys = board.rows.loc[board.rows["name"] == unit.rpartition("/")[2], "key"]
                cells = board.cells[board.cells["key"].isin(keys)]
                told.append(list(cells[["week", "status", "text"]].itertuples(index=False, name=None)))
            told.append(punch_card(connection, leader, unit, None, policy=POLICY, as_of=CLOSED).state)
    return told


def what_a_card_proves(at: Worlds) -> bool:
    """As one of a team, knowing who is in it: see an evening that can only read so when every single one was there."""
    evenings = []
    for engine in at.both:
        with engine.connect() as connection:
            card = punch_card(connection, who("employee", own=SIX), SIX, None, policy=POLICY, as_of=CLOSED)
        there = (card.hours["weekday"] == SATURDAY) & (card.hours["hour"] == EVENING)
        evenings.append(set(card.hours.loc[there, "level"]) - {0})
    return bool(evenings[0]) and not evenings[1]


def a_formula_in_a_card(at: Worlds) -> bool:
    """Download the card of a team whose name a spreadsheet would run."""
    with at.busy.connect() as connection:
        card = punch_card(connection, who("leader", units=("Co",)), FORMULA, None, policy=POLICY, as_of=CLOSED)
    cells = export_frame(card).astype(str).to_numpy().ravel().tolist()
    assert any("=more" in text for text in cells)
    return any(text.startswith(("=", "+", "-", "@", "\t")) for text in cells)


def _silence_is_told() -> Patches:
    right = publish._silent

    def careless(lattice: Any, contribution: Any, roster: Any, _smallest: int) -> Any:
        return right(lattice, contribution, roster, 0)

    return {"core.privacy.publish._silent": careless}


def _presence_is_told() -> Patches:
    def careless(period: Any, plan: Any, metric: Any, counts: Any, *values: Any) -> Any:
        draft = draft_cards(period, plan, metric, counts, *values)
        (contribution,) = period.contributions
        for cell in draft.cells:
            own = contribution.units == cell["unit_id"]
            if cell["kind"] == "unit" and 6 <= own.sum() < 10:
                there = (counts[own].reshape(-1, 42, 4).sum(axis=2) > 0).sum(axis=0) >= POLICY.k_prime
                classes = "".join("1" if each else "0" for each in np.repeat(there, 4))
                cell |= {"status": "shown", "qualifier": "card", "share_class": classes, "n_band": "5–9"}
        return draft

    return {"core.workload.activity_release.draft_cards": careless}


def _names_as_they_are() -> Patches:
    right = export_frame

    def careless(card: Any) -> Any:
        return right(card).assign(unit=card.name)

    return {f"{__name__}.export_frame": careless}


def _a_check_answers() -> Patches:
    right = import_wording.came_in

    def careless(done: Any) -> str:
        return f"{right(done)} {done.counts.loaded} new, {done.counts.replaced} other than on record."

    return {"core.intake.import_wording.came_in": careless}


NEW: dict[str, Callable[[], Patches]] = {
    "silence of few is hidden": _silence_is_told,
    "a card proves nothing of one": _presence_is_told,
    "no formulas in cards": _names_as_they_are,
    "a check answers nothing": _a_check_answers,
    "sizes before contents": lambda: {"core.intake.workbook.refuse_unsafe": lambda _: False},
}
ATTACKS: dict[str, tuple[Callable[[Worlds], bool], str]] = {
    "what silence tells": (what_silence_tells, "silence of few is hidden"),
    "what a card proves": (what_a_card_proves, "a card proves nothing of one"),
    "a formula in a card": (a_formula_in_a_card, "no formulas in cards"),
}


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of this file can be broken by name, like all others."""
    for name, patches in NEW.items():
        monkeypatch.setitem(RULES, name, patches)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_product_refuses(name: str, worlds: Callable[[], Worlds]) -> None:
    """The attack gets nothing, and everything released is proved again."""
    at = worlds()
    assert not ATTACKS[name][0](at)
    assert not audited(at.busy).problems


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_works_where_its_rule_is_broken(name: str, worlds: Callable[[], Worlds], breaking: None) -> None:
    """Without the rule it gets what it is after, so that the test above can fail."""
    attack, rule = ATTACKS[name]
    with broken(rule):
        assert attack(worlds())


def what_a_check_answers(engine: Engine, session: Callable[[str], None]) -> bool:
    """As an administrator: let a row about somebody be checked, and learn whether there are hours of theirs on record."""
    session("ada")
    week, others = monday_of(today()), target.EVE.replace("#3", "#5")
    with engine.begin() as connection:
        people = codes(connection)
        unit = connection.execute(PersonWeek.__table__.select().limit(1)).mappings().one()["unit_id"]
        known = dict.fromkeys(PersonWeek.__table__.columns.keys()) | FULL_WEEK | {"worked": 41.5}
        connection.execute(
            insert(PersonWeek), [known | {"person_id": people[target.EVE], "week": week, "unit_id": unit}]
        )
    try:
        return _answer(engine, target.EVE, week).replace("#3", "#5") != _answer(engine, others, week)
    finally:
        with engine.begin() as connection:
            connection.execute(delete(PersonWeek).where(PersonWeek.week == week))
        desk().clear()


def _answer(engine: Engine, person: str, week: date) -> str:
    """What the page says of a file of one row about a person, once it is checked."""
    content = f"person_id,week,contracted,leave,public_holiday,sickness,worked\n{person},{week},40,0,0,0,7\n".encode()
    with engine.connect() as connection:
        ada = load_viewer(connection, account_id(connection, "ada"), today())
    assert ada is not None
    parcel = desk().take(ada, "one.csv", memoryview(content))
    page = AppTest.from_file(str(ENTRY), default_timeout=20).run().switch_page("data_import.py").run()
    page.button(key="import_check").click().run()
    for _ in range(200):
        if parcel.work is not None and not parcel.work.running:
            break
        time.sleep(0.02)
    page.run()
    said = [*page.title, *page.header, *page.markdown, *page.caption, *page.error]
    text = "\n".join(str(each.value) for each in said).replace("\\", "").replace(NBSP, " ")
    assert "in order" in text, text
    return re.sub(r"Reference \w+", "", text)


@pytest.fixture
def session(own: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Signs an account in for the pages of this process."""

    def sign_in(name: str) -> None:
        held = target.session_for(own, name)
        monkeypatch.setattr("pages.parts.device.session_cookie", lambda: held)
        monkeypatch.setattr("pages.parts.device.browser_cookie", lambda: "browser")
        monkeypatch.setattr("pages.parts.device.network_address", lambda: "192.0.2.1")
        st.cache_data.clear()

    return sign_in


def test_a_check_tells_nothing_of_what_is_on_record(
    own: Engine, session: Callable[[str], None], breaking: None
) -> None:
    """The answer is the same for somebody with hours of that week and for somebody without; not where the rule is broken."""
    with broken("a check answers nothing"):
        assert what_a_check_answers(own, session)
    assert not what_a_check_answers(own, session)


def a_workbook_that_fills_the_memory(folder: Path) -> bool:
    """Offer a small workbook whose shared texts unpack to more than is allowed: they are unpacked all the same."""
    path = folder / "small.xlsx"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    shared = f'<Override PartName="/{STRINGS}" ContentType="{kind}.sharedStrings+xml"/></Types>'
    plain_book, plain_path = openpyxl.Workbook(), folder / "plain.xlsx"
    plain_book.active.append(["person_id", "week", "worked"])
    plain_book.save(plain_path)
    with zipfile.ZipFile(plain_path) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            made.writestr(name, source.read(name).replace(b"</Types>", shared.encode()))
        texts = "<si><t>x</t></si>" * 4_000
        made.writestr(STRINGS, f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>')
    opened: list[str] = []
    right = zipfile.ZipFile.open

    def watched(archive: zipfile.ZipFile, name: Any, *values: Any, **options: Any) -> Any:
        opened.append(str(getattr(name, "filename", name)))
        return right(archive, name, *values, **options)

    with patch("core.intake.workbook.MAX_STRINGS", 10_000), patch.object(zipfile.ZipFile, "open", watched):
        try:
            preview(path, ImportOptions())
        except FileRefused as refused:
            assert "unpacks to more than" in refused.finding.problem
    return STRINGS in opened


def test_a_workbook_is_judged_by_its_size_before_anything_is_unpacked(tmp_path: Path, breaking: None) -> None:
    """It is refused from the list of its parts; without the rule its texts are in memory before anybody asks."""
    with broken("sizes before contents"):
        assert a_workbook_that_fills_the_memory(tmp_path)
    assert not a_workbook_that_fills_the_memory(tmp_path)
