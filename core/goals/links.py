"""Where a link leads, said only of links that every program reads alike."""

from urllib.parse import urlsplit


def leads_to(link: str) -> str:
    """The host that a link to a web page leads to; '' for everything else.

    Among it what browsers and this program read differently, so that nobody reads one host and is taken to another: backslashes,
    a name before the host, blanks.

    >>> leads_to("https://example.org/report"), leads_to("https://elsewhere.example\\\\@example.org/")
    ('example.org', '')
    """
    if "\\" in link or any(sign.isspace() for sign in link):
        return ""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in ("http", "https") and "@" not in parts.netloc else ""
