"""Content by its digest: staged, verified, kept once."""
