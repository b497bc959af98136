"""Say where to look and how to sign in, before the server starts."""

import sys

from core.settings import settings


def has_demo_accounts() -> bool:
    """Whether the database holds the demonstration's accounts (it does not when it holds somebody's own data)."""
    from core.access.accounts import list_users
    from core.database.engine import make_engine
    from core.demo.accounts import DEMO_ACCOUNTS

    with make_engine(settings().database_url).connect() as connection:
        names = {user["name"] for user in list_users(connection)}
    return {account.name for account in DEMO_ACCOUNTS} <= names


def main(port: str) -> None:
    """Print the address and, in demonstration mode, the accounts."""
    print(f"\nEvenkeel is starting on http://localhost:{port}")
    if settings().demo and has_demo_accounts():
        from core.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

        print(f"This is the demonstration. Sign in with one of these names; the password is {DEMO_PASSWORD}")
        for account in DEMO_ACCOUNTS:
            print(f"  {account.name:<10} {account.meaning}")
    print("Stop it with Ctrl+C.\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8501")
