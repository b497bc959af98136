"""The command line. Each command parses, calls core, and prints; heavy libraries load only when a command needs them.

Exit 0: done. 1: refused, with a reason a person can act on. 2: wrong usage.
"""

import typer

from core.cli import accounts, audit_log, backup, data, deliveries, privacy, rhythm, show

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Evenkeel: performance and wellbeing on the same page, with the people in it protected.",
)
app.add_typer(data.database, name="db")
app.add_typer(data.demo, name="demo")
app.command("import")(data.import_file)
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(show.app, name="show")
app.add_typer(privacy.app, name="privacy")
app.add_typer(accounts.app, name="user")
app.add_typer(audit_log.app, name="audit-log")
app.add_typer(rhythm.app, name="rhythm")
app.command("backup")(backup.backup_command)
app.command("restore")(backup.restore_command)


def main() -> None:
    """Entry of `python -m core`."""
    app()
