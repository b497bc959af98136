"""Several servers of one installation behind the nginx of docs/deploy, over HTTPS, each in a process of its own."""

import ipaddress
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scripts.find_nginx import installed
from tests.serving import ROOT, Served, free_port, serve

SITE = ROOT / "docs" / "deploy" / "evenkeel.nginx.conf"
SERVICE = SITE.with_name("evenkeel@.service")
SECRET = "kJ8v-Nq2xR7mTzL4wYb9cHs6dFgPa3eU0iOo"
HOST = "evenkeel.example"
UPSTREAM_PORTS = ("8511", "8512")


@dataclass
class Installation:
    """Servers behind nginx. `url`: where browsers go; `local_url`: the same place for clients that resolve no names.

    servers: one for each upstream, in the order of the file.
    """

    url: str
    local_url: str
    plain_url: str
    servers: list[Served]
    log: Path
    certificate: Path

    def kill(self, number: int) -> None:
        """Kill one server, as a crash does."""
        self.servers[number].process.kill()
        self.servers[number].process.wait()

    def served_by(self, path: str) -> dict[str, set[str]]:
        """Browser's cookie -> upstream addresses that answered its requests for `path`, from nginx's log."""
        found: dict[str, set[str]] = {}
        for line in self.log.read_text().splitlines():
            browser, upstream, asked = line.split("|", 2)
            if browser and upstream and asked.startswith(path):
                found.setdefault(browser, set()).add(upstream.split(", ")[-1])
        return found


@contextmanager
def behind_nginx(database_url: str, folder: Path) -> Iterator[Installation]:
    """Two servers outside demonstration mode, and nginx with the site file as it ships.

    Replaced in it are the ports, the paths of the certificate, and nothing else.
    """
    ports = [free_port(), free_port()]
    secure, plain = free_port(), free_port()
    text = SITE.read_text()
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl;"),
        ("/etc/ssl/evenkeel/fullchain.pem", str(folder / "certificate.pem")),
        ("/etc/ssl/evenkeel/privkey.pem", str(folder / "key.pem")),
        *((f"127.0.0.1:{old} ", f"127.0.0.1:{new} ") for old, new in zip(UPSTREAM_PORTS, ports, strict=True)),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text)
    _certificate(folder)
    main = folder / "nginx.conf"
    main.write_text(_main(folder))
    with ExitStack() as stack:
        servers = [
            stack.enter_context(serve(database_url, folder, port=port, options=_options(), EVENKEEL_SECRET_KEY=SECRET))
            for port in ports
        ]
        program = installed()
        assert program is not None
        nginx = subprocess.Popen([program, "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")])
        stack.callback(nginx.wait, 20)
        stack.callback(nginx.terminate)
        _wait_for_port(secure, nginx, folder / "error.log")
        yield Installation(
            f"https://{HOST}:{secure}",
            f"https://localhost:{secure}",
            f"http://localhost:{plain}",
            servers,
            folder / "access.log",
            folder / "certificate.pem",
        )


def _options() -> list[str]:
    """What the service file adds to the command, beyond address and port."""
    command = next(line for line in SERVICE.read_text().splitlines() if line.startswith("ExecStart="))
    asked = command.split("--server.port %i", 1)[1].split()
    return [f"{name}={value}" for name, value in zip(asked[::2], asked[1::2], strict=True)]


def _main(folder: Path) -> str:
    """The frame around the site file: where nginx may write, and a log that tells which server answered whom."""
    temporary = "\n".join(
        f"    {kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""
{user}
daemon off;
worker_processes 1;
pid {folder / "nginx.pid"};
error_log {folder / "error.log"} warn;
events {{ worker_connections 512; }}
http {{
    default_type application/octet-stream;
    log_format told '$evenkeel_name|$upstream_addr|$request_uri';
    access_log {folder / "access.log"} told;
{temporary}
    include {folder / "site.conf"};
}}
"""


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = datetime.now(UTC)
    hosts = [x509.DNSName(HOST), x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _wait_for_port(port: int, nginx: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(100):
        assert nginx.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())
