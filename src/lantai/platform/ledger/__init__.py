"""What was done, by whom, to what: an append-only table and the transparency log over it."""
