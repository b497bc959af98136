"""What a server, or an application without one, answers to a request."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Answer:
    """What came back for one request: status, headers in lower case, Set-Cookie lines, body."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @classmethod
    def of(cls, status: int, lines: Iterable[tuple[str, str]], body: bytes) -> Self:
        """From the header lines as they came; of a header that came twice the last counts, cookies are kept apart."""
        lower = [(name.lower(), value) for name, value in lines]
        return cls(status, dict(lower), [value for name, value in lower if name == "set-cookie"], body)
