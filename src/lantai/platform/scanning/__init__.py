"""Virus scanning by a clamd outside of this program."""
