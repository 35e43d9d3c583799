"""What the demo prints: one bar a stage, and a table at the end."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Figure:
    """One stage: how many of what, in how many seconds."""

    stage: str
    count: int = 0
    seconds: float = 0.0


class Bar:
    """A progress bar on one line of a terminal; a plain line at its end elsewhere."""

    def __init__(self, stage: str, total: int) -> None:
        self._stage, self._total, self._done, self._shown = stage, total, 0, 0.0

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        if sys.stderr.isatty() and time.monotonic() - self._shown > 0.1:
            self._draw()

    def _draw(self) -> None:
        self._shown = time.monotonic()
        share = self._done / self._total if self._total else 1
        full = int(share * 24)
        print(f"\r  {pad(self._stage, 22)} {'█' * full}{'░' * (24 - full)} {self._done}/{self._total}", end="",
              file=sys.stderr, flush=True)  # fmt: skip


class Ledger:
    """The figures of all stages in order."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.rested_at: tuple[int, int] | None = (
            None  # what was newest when the worker last had nothing to do
        )

    @contextmanager
    def stage(self, name: str, total: int = 0) -> Iterator[tuple[Figure, Bar]]:
        """Time a stage; set ``figure.count`` inside."""
        figure, bar, began = Figure(name), Bar(name, total), time.monotonic()
        yield figure, bar
        figure.seconds = time.monotonic() - began
        self.figures.append(figure)
        end = "\r" if sys.stderr.isatty() else ""
        print(f"{end}  {pad(name, 22)} {figure.count:>7}  {figure.seconds:7.1f} s{' ' * 24}", file=sys.stderr)

    def table(self) -> str:
        """All stages with counts, seconds and rate."""
        lines = [f"{pad('环节 stage', 26)}{'数量':>8}{'秒':>9}{'每秒':>9}"]
        for figure in self.figures:
            rate = f"{figure.count / figure.seconds:.1f}" if figure.seconds > 0.05 and figure.count else "-"
            lines.append(f"{pad(figure.stage, 26)}{figure.count:>10}{figure.seconds:>10.1f}{rate:>11}")
        return "\n".join(lines)


def pad(text: str, width: int) -> str:
    """``text`` filled with spaces to ``width`` columns; a Chinese character takes two."""
    used = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, width - used)
