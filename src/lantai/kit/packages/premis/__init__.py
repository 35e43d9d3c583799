"""PREMIS 3: what was kept, what happened to it, and who did it."""

from lantai.kit.packages.premis.model import Agent, Category, Event, Kept, Unordered
from lantai.kit.packages.premis.reading import read
from lantai.kit.packages.premis.writing import Writer, document

__all__ = ["Agent", "Category", "Event", "Kept", "Unordered", "Writer", "document", "read"]
