"""Copies: where each package lies, whether every copy is what was sealed, and how damage is repaired."""
