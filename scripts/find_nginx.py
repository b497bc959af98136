"""Make sure that tests have an nginx: an installed one, else Debian's package, unpacked inside the environment."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNPACKED = ROOT / ".venv" / "nginx"
PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx", str(UNPACKED / "usr/sbin/nginx"))


def installed() -> str | None:
    """The path of an nginx; None when there is none."""
    chosen = os.environ.get("EVENKEEL_NGINX") or shutil.which("nginx")
    return chosen or next((place for place in PLACES if Path(place).exists()), None)


def _unpack() -> None:
    """Debian's package, unpacked and not installed: nobody needs to be root for it, and no service starts on port 80."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "-qq", "nginx"], cwd=folder, check=False)
        for package in Path(folder).glob("nginx*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(UNPACKED)], check=False)


def main() -> int:
    """Exit 0 when there is an nginx in the end."""
    if installed():
        return 0
    if shutil.which("apt-get") and shutil.which("dpkg"):
        print("No nginx found. Unpacking the Debian package ...", flush=True)
        _unpack()
    if installed():
        return 0
    print("The deployment tests need nginx. Install it, or set EVENKEEL_NGINX to its path.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
