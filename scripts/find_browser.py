"""Make sure that tests have a Chromium: an installed one, else Playwright's own, else Debian's package when root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """The path of an installed Chromium or Chrome, or of Playwright's own; None when there is none."""
    chosen = os.environ.get("EVENKEEL_CHROMIUM")
    if chosen:
        return chosen
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def main() -> int:
    """Exit 0 when there is a browser in the end."""
    if installed():
        return 0
    print("No browser found. Fetching Playwright's Chromium ...", flush=True)
    tried = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if tried.returncode == 0 and installed():
        return 0
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing the Debian package ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False)
    if installed():
        return 0
    print("The browser tests need Chromium. Install it, or set EVENKEEL_CHROMIUM to its path.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
