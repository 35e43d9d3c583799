"""What a file is, whether it is whole, what it says and how it looks: identification, checks, rendering."""

from __future__ import annotations


def warm() -> None:
    """Load everything that every call needs; called once by a worker before it forks."""
    from lantai.kit.formats import identify

    identify.warm()
