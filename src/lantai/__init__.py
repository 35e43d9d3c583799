"""Lantai 兰台: digital archives for a region."""

__version__ = "0.1.0"
