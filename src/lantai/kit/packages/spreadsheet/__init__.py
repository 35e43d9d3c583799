"""Plain folders with a catalogue of them: what most agencies and scanning firms really send."""

from __future__ import annotations

from lantai.kit.packages.spreadsheet.sent import open_sent

__all__ = ["open_sent"]
