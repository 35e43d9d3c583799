"""Full-text search: a disposable projection of the rows, fed by what changes."""
