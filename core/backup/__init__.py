"""One file that holds everything of a database, made while it serves, and taken back only when all of it can be verified."""
