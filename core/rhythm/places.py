"""Where each sealed text belongs: said once, for those who write, read and seal again."""

from typing import NamedTuple

from core.rhythm.sealing import Place

KEY_CHECK = Place("notes_key_check", "", "1")


class Between(NamedTuple):
    """A pair with its two people: a pair that is given to somebody else in the database does not open its texts for them."""

    pair: int
    lead: int
    member: int

    def __str__(self) -> str:
        return f"{self.pair}:{self.lead}:{self.member}"


def own_preparation(between: Between, conversation: int, person: int) -> Place:
    """What a person prepared, for themselves."""
    return Place("preparation", str(between), f"{conversation}:{person}")


def shared_preparation(between: Between, conversation: int, person: int) -> Place:
    """What a person showed of it: another place, so that the private text never opens as the shared one."""
    return Place("preparation shared", str(between), f"{conversation}:{person}")


def shared_note(between: Between, conversation: int, version: int) -> Place:
    """One version of a shared note."""
    return Place("shared_note", str(between), f"{conversation}:{version}")


def next_step(between: Between, step: str) -> Place:
    """A step that a pair agreed on."""
    return Place("next_step", str(between), step)


def feedback(sender: int, receiver: int, number: str) -> Place:
    """What one person told or asked another; its direction belongs to it."""
    return Place("feedback", f"{sender}>{receiver}", number)
