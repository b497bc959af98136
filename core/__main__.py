"""`python -m core`: everything the screens show, and everything an operator does."""

from core.cli import main

if __name__ == "__main__":
    main()
