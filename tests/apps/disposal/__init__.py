"""Destruction lists and legal holds."""
