"""Every human procedure is a table of moves."""
