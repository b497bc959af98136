"""The two cookies: which session a browser holds, and which browser it is. No script can read either.

Behind HTTPS their names begin with `__Host-`, which browsers accept only from this very host, secure and for all paths: a
neighbouring host cannot plant one.
"""

from collections.abc import Mapping
from datetime import timedelta

from starlette.responses import Response

SESSION = "evenkeel_session"
BROWSER = "evenkeel_browser"
SECURE_PREFIX = "__Host-"
BROWSER_KEPT = timedelta(days=180)


def read(cookies: Mapping[str, str], name: str, *, secure: bool) -> str:
    """The value of a cookie; '' when the browser sent none. Behind HTTPS only the prefixed name counts."""
    return cookies.get(SECURE_PREFIX + name if secure else name, "")


def over_https(cookies: Mapping[str, str]) -> bool:
    """Whether the browser got its cookies over HTTPS: then it has named itself by one that nobody else can plant."""
    return SECURE_PREFIX + BROWSER in cookies


def put(response: Response, name: str, value: str, *, secure: bool, kept: timedelta) -> None:
    """Set a cookie on `response`: not for scripts, not sent along from other sites."""
    response.set_cookie(
        SECURE_PREFIX + name if secure else name,
        value,
        max_age=int(kept.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, name: str, *, secure: bool) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        SECURE_PREFIX + name if secure else name, path="/", secure=secure, httponly=True, samesite="lax"
    )


def browser_label(user_agent: str) -> str:
    """What a person calls the browser they sit at, such as `Firefox on Windows`."""
    families = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    )
    family = next((name for mark, name in families if mark in user_agent), "Another browser")
    system = next((name for mark, name in systems if mark in user_agent), "")
    return f"{family} on {system}" if system else family
