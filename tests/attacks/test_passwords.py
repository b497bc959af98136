"""Passwords under attack: a thousand wrong ones, in a row and at once, one address over many names, and names told apart.

The clock is an argument and the comparison is replaced by a cheap one that is counted, so that a day passes in a moment.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import Engine, event

from core.access.accounts import LONGEST_WAIT, Credential
from core.access.sessions import admitted
from pages.parts import loaders, sign_in
from tests.attacks import target, wire
from tests.attacks.careless import broken
from tests.attacks.conftest import Target

AT = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
RIGHT = "the right one"
AFTERWARDS: Callable[[str, str, datetime], None] | None = (
    None  # set by a careless copy that counts a try when it is over
)


@pytest.fixture
def cheap(own: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Comparisons cost nothing; `RIGHT` is everybody's password."""
    monkeypatch.setattr(
        sign_in, "password_matches", lambda credential, typed: bool(credential.user_id) and typed == RIGHT
    )
    return own


def answers(typed: str, at: datetime, address: str = "192.0.2.1") -> bool:
    """Whether the product would let the right password in now; in truth a wrong one is sent, which is what gets counted."""
    with loaders.writing().begin() as connection:
        return admitted(connection, typed, address, at) is not None


def wrong_ones_in_an_hour(first: int = 1000) -> int:
    """How many of 1,000 wrong passwords within an hour, or of the `first` of them, are looked at."""
    return sum(answers("lena", AT + timedelta(seconds=3.6 * i)) for i in range(first))


def sprayed_in_an_hour(first: int = 1000) -> int:
    """How many of 1,000 tries from one address, each at another name, or of the `first` of them, are looked at."""
    return sum(answers(f"name{i}", AT + timedelta(seconds=3.6 * i)) for i in range(first))


def sent_at_once() -> int:
    """How many of 24 wrong passwords that are sent at the same moment are looked at."""
    together = Barrier(24)

    def one(_: int) -> bool:
        together.wait()
        with loaders.writing().begin() as connection:
            looked_at = sign_in.admitted(connection, "lena", "192.0.2.1", AT) is not None
        if AFTERWARDS is not None:
            sleep(0.05)  # what the comparison takes
            AFTERWARDS("lena", "192.0.2.1", AT)
        return looked_at

    with ThreadPoolExecutor(24) as pool:
        return sum(pool.map(one, range(24)))


def test_of_a_thousand_wrong_passwords_few_are_looked_at(cheap: Engine) -> None:
    """In an hour at most fifty for one account, from wherever; without pauses each of the first hundred."""
    assert wrong_ones_in_an_hour() <= 50
    assert not answers("LENA ", AT + timedelta(hours=1), address="198.51.100.7")
    assert not answers("lena@acorn.example", AT + timedelta(hours=1), address="198.51.100.7")
    with broken("pauses"):
        assert wrong_ones_in_an_hour(100) == 100


def test_of_a_thousand_names_tried_from_one_address_few_are_looked_at(cheap: Engine) -> None:
    """Spraying one password over many names is slowed down by address; without pauses none of the first 300 is."""
    assert sprayed_in_an_hour() <= 250
    with broken("pauses"):
        assert sprayed_in_an_hour(300) == 300


def test_tries_sent_at_once_are_counted_one_after_the_other(cheap: Engine) -> None:
    """Five of 24 at the same moment are looked at; where a try is counted afterwards, most are."""
    assert sent_at_once() == 5


def test_counted_afterwards_tries_sent_at_once_slip_through(cheap: Engine) -> None:
    """The copy that counts a try when the comparison is over lets more through than it means to."""
    with broken("counted before compared"):
        assert sent_at_once() > 5


def test_pauses_survive_a_restart(cheap: Engine) -> None:
    """They live in SQL: new engines and empty caches know of them."""
    import streamlit as st

    assert all(answers("lena", AT) for _ in range(5))
    st.cache_resource.clear()
    assert not answers("lena", AT + timedelta(seconds=1))


def test_the_right_password_gets_in_after_the_pause_and_no_earlier(cheap: Engine) -> None:
    """During the pause it is refused like any other; the pause is bounded, and knocking meanwhile does not prolong it."""
    for i in range(500):
        answers("lena", AT + timedelta(seconds=2 * i))
    last = AT + timedelta(seconds=998)
    tries = [last + timedelta(seconds=5 * i) for i in range(LONGEST_WAIT // 5 + 2)]
    got = [at for at in tries if sign_in.account_of("lena", RIGHT, "192.0.2.1", at) is not None]

    assert got and got[0] - last <= timedelta(seconds=LONGEST_WAIT)
    assert sign_in.account_of("lena", RIGHT, "192.0.2.1", got[0] + timedelta(seconds=1)) is not None


def _work(own: Engine, typed: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[str]]:
    """What a try costs: the costs of the hashes compared, and the statements executed."""
    hashes: list[int] = []
    statements: list[str] = []

    def compare(credential: Credential, _: str) -> bool:
        hashes.append(int(credential.password_hash.split("$")[2]) if credential.password_hash else 0)
        return False

    monkeypatch.setattr(sign_in, "password_matches", compare)

    def note(_c: object, _u: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(loaders.writing(), "before_cursor_execute", note)
    event.listen(loaders.reading(), "before_cursor_execute", note)
    try:
        assert sign_in.account_of(typed, "wrong", f"address of {typed}", AT) is None
    finally:
        event.remove(loaders.writing(), "before_cursor_execute", note)
        event.remove(loaders.reading(), "before_cursor_execute", note)
    return hashes, statements


@pytest.fixture
def strong(own: Engine) -> Iterator[Engine]:
    """The accounts have hashes of the cost that the product makes."""
    from sqlalchemy import update

    from core.access.tables import User

    with own.begin() as connection:
        connection.execute(
            update(User).values(password_hash="$2b$12$nuHQdpzOTUEgsYGqsj27mek1itWfaNOZOljYNU6R9gjo.uKwebTbC")
        )
    yield own


def test_known_unknown_and_closed_names_cost_the_same_work(strong: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One comparison of the same cost and the same statements; where unknown names get a cheap hash, they differ."""
    for typed in ("lena", "nobody.at.all"):  # the first call of a process also compiles
        _work(strong, typed, monkeypatch)
    told = {
        typed: _work(strong, typed, monkeypatch)
        for typed in ("max", "max@acorn.example", "somebody", "gone", "x@y.example")
    }
    assert len({(tuple(hashes), tuple(statements)) for hashes, statements in told.values()}) == 1
    assert next(iter(told.values()))[0] == [12]
    with broken("unknown costs the same"):
        assert _work(strong, "hanna", monkeypatch)[0] != _work(strong, "unknown", monkeypatch)[0]


def test_a_name_that_has_to_wait_costs_the_same_comparison(strong: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or five tries at a name and one at an e-mail would tell by time whether they belong to one account."""
    for _ in range(6):
        answers("lena", AT, address="x")
    waiting = _work(strong, "lena@acorn.example", monkeypatch)
    free = _work(strong, "somebody@acorn.example", monkeypatch)

    assert waiting[0] == free[0] == [12]


def test_every_refusal_reads_the_same_by_wire(product: Target) -> None:
    """Known, unknown and closed names get the same page, apart from what was typed."""
    told = set()
    for name in ("hanna", "nobody", "gone", "gone@acorn.example"):
        with wire.Tab(product.url, wire.cookie("", "b")) as tab:
            form = tab.run("workload")
            typed = {
                form.widget("sign_in_name"): name,
                form.widget("sign_in_password"): "not the password",
                form.widget("FormSubmitter:sign_in-Sign in"): True,
            }
            seen = tab.run("workload", widgets=typed)
            told.add("\n".join("\n".join(wire.pieces(content)) for _, content in seen.elements()).replace(name, "?"))
    assert len(told) == 1
    assert sign_in.REFUSED in told.pop()


def test_no_session_is_given_for_a_wrong_password_by_wire(product: Target) -> None:
    """The screen holds no code, and nothing to exchange."""
    with wire.Tab(product.url, wire.cookie("", "b")) as tab:
        form = tab.run("workload")
        typed = {form.widget("sign_in_name"): "eve", form.widget("sign_in_password"): target.PASSWORD + "x"}
        seen = tab.run("workload", widgets={**typed, form.widget("FormSubmitter:sign_in-Sign in"): True})

    assert not any(kind == "bidi_component" for kind, _ in seen.elements())
