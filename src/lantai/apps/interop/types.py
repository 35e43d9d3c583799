"""Kinds and refusals of exchange with other systems."""

from __future__ import annotations

PAGE = 100  # records
HEADERS_PAGE = 500
STAMP_LOCK = 0x4C490001  # one key of PostgreSQL's advisory locks: held while datestamps are given
