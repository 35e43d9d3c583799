"""Long acts: each has a row, a cursor, a progress bar and a page, and may be killed at any instant."""
