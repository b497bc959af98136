"""`user add|set-password|roles|link|deactivate|list`."""

import sys
from typing import Annotated

import typer

from core import calendar
from core.access.refusals import Refused
from core.cli import console

app = typer.Typer(no_args_is_help=True, help="Accounts.")
Name = Annotated[str, typer.Argument(help="Name to sign in with.")]
Roles = Annotated[str, typer.Option("--roles", help="Comma-separated: leader, hr, manager, employee, admin.")]
Units = Annotated[list[str] | None, typer.Option("--unit", help="Unit path; may be given several times.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _known_units(connection: object, units: tuple[str, ...]) -> None:
    from sqlalchemy import select

    from core.people.tables import OrgUnit

    for unit in units:
        if connection.scalar(select(OrgUnit.id).where(OrgUnit.path == unit)) is None:  # type: ignore[attr-defined]
            raise Refused(f"There is no unit '{unit}'. Import people first, or write the path as in the people file.")


@app.command("add")
def add(
    name: Name,
    roles: Roles,
    unit: Units = None,
    person: Annotated[str | None, typer.Option("--person", help="Id of the person in the people file.")] = None,
    email: Annotated[str | None, typer.Option("--email")] = None,
    display_name: Annotated[str | None, typer.Option("--display-name")] = None,
    password_stdin: Stdin = False,
) -> None:
    """Make an account."""
    with console.refusals():
        from core.access.accounts import add_user, hash_password
        from core.people.roster import is_known

        engine = console.open_engine()
        units = tuple(unit or ())
        with engine.connect() as connection:
            _known_units(connection, units)
            if person is not None and not is_known(connection, person):
                raise Refused(f"Nobody has the id '{person}'. Import people first, or leave --person out.")
        hashed = hash_password(_password(password_stdin))
        with engine.begin() as connection:
            add_user(
                connection,
                name=name,
                password_hash=hashed,
                roles=tuple(role.strip() for role in roles.split(",") if role.strip()),
                units=units,
                person_code=person,
                email=email,
                display_name=display_name,
                at=calendar.now(),
                actor=console.operator(),
            )
        typer.echo(f"Added {name}.")


@app.command("set-password")
def set_password(name: Name, password_stdin: Stdin = False) -> None:
    """Set a new password; every session of the account ends."""
    with console.refusals():
        from core.access.accounts import change_user, hash_password

        engine = console.open_engine()
        hashed = hash_password(_password(password_stdin))
        with engine.begin() as connection:
            change_user(
                connection,
                name,
                at=calendar.now(),
                actor=console.operator(),
                action="password set",
                password_hash=hashed,
            )
        typer.echo(f"The password of {name} is set; its sessions have ended.")


@app.command("roles")
def set_roles(name: Name, roles: Roles, unit: Units = None) -> None:
    """Replace roles and units; every session of the account ends."""
    with console.refusals():
        from core.access import accounts

        engine = console.open_engine()
        units = tuple(unit or ())
        chosen = tuple(role.strip() for role in roles.split(",") if role.strip())
        with engine.begin() as connection:
            _known_units(connection, units)
            accounts.set_roles(connection, name, chosen, units, at=calendar.now(), actor=console.operator())
        typer.echo(f"{name} now has the roles {', '.join(chosen)}; its sessions have ended.")


@app.command("link")
def link(
    name: Name, person: Annotated[str, typer.Option("--person", help="Id of the person in the people file.")]
) -> None:
    """Say which person an account belongs to, so that it shows their own week; every session of the account ends."""
    with console.refusals():
        from core.access.accounts import link_person
        from core.people.roster import is_known

        engine = console.open_engine()
        with engine.begin() as connection:
            if not is_known(connection, person):
                raise Refused(f"Nobody has the id '{person}'. Import people first, or check the id.")
            link_person(connection, name, person, at=calendar.now(), actor=console.operator())
        typer.echo(f"{name} now belongs to the person {person}; its sessions have ended.")


@app.command("deactivate")
def deactivate(name: Name) -> None:
    """Close an account; nothing of it is deleted, nobody can sign in with it."""
    with console.refusals():
        from core.access.accounts import change_user

        engine = console.open_engine()
        with engine.begin() as connection:
            change_user(
                connection, name, at=calendar.now(), actor=console.operator(), action="user deactivated", active=False
            )
        typer.echo(f"{name} is deactivated; its sessions have ended.")


@app.command("list")
def list_command(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show accounts with roles and units."""
    with console.refusals():
        from core.access.accounts import list_users

        with console.open_engine().connect() as connection:
            users = list_users(connection)
        if as_json:
            console.print_json(users)
            return
        for user in users:
            state = "" if user["active"] else " (deactivated)"
            units = ", ".join(user["units"])  # type: ignore[arg-type]
            typer.echo(f"{user['name']}{state}: {', '.join(user['roles'])}{' at ' + units if units else ''}")  # type: ignore[arg-type]
