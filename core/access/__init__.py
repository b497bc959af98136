"""Viewer, roles, scope as a SQL condition, accounts, and the two logs."""
