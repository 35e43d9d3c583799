"""Verifiers that need nothing of ours: they are handed out as files."""
