"""The command line in this process. Its commands are made once: making them costs more than most of them do."""

from functools import cache

import typer.testing
from typer.main import get_command
from typer.testing import CliRunner

__all__ = ["CliRunner"]

typer.testing._get_command = cache(get_command)
