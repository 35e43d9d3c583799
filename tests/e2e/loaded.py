"""A process that has loaded the program, and is forked for each command: only the loading is not repeated.

Asked line by line in JSON, one thing at a time: ``{"words": […], "files": [in, out, err]}`` is answered with the number
of the process that began, ``{"pid": …, "is_waited": …}`` with what it ended with, or null while it runs.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

import django

from lantai.site import cli
from lantai.site.loading import loading


def main() -> None:
    """Until nobody asks any more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantai.site.settings")
    with loading():
        django.setup()
        from lantai.site import checks, urls  # noqa: F401 - what commands would load by themselves
        from lantai.site.demo import tour  # noqa: F401
    assert threading.active_count() == 1, "a fork would lack the other threads"
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


def _answer(asked: dict[str, Any]) -> int | None:
    if "words" in asked:
        return _begin(asked["words"], asked["files"])
    pid, status = os.waitpid(asked["pid"], 0 if asked["is_waited"] else os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _begin(words: list[str], files: list[str]) -> int:
    if pid := os.fork():
        return pid
    os.setsid()
    for number, path in enumerate(files):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        os.dup2(os.open(path, flags, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the other one has been read from
    sys.exit(cli.main(words))


if __name__ == "__main__":
    main()
