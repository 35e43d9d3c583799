"""The daemon for the tests of this folder."""

from tests.platform.scanning.clamd import clamd

__all__ = ["clamd"]
