"""From one address to Django's database settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from psycopg.pq import Conninfo

from lantai.site.config import BadSetting
from lantai.site.postgres import Cluster

_SHAPE = "must look like postgresql://user:password@host:5432/name"


def settings_for(url: str, home: Path) -> dict[str, object]:
    """Settings for ``url``, or for the embedded cluster under ``home`` when it is empty."""
    address = _parsed(url or Cluster(home / "postgres").url())
    query = dict(parse_qsl(address.query))
    if unknown := query.keys() - {option.keyword.decode() for option in Conninfo.get_defaults()}:
        raise BadSetting("database_url", f"does not take {', '.join(sorted(unknown))}")
    try:
        port = str(address.port or query.pop("port", ""))
    except ValueError as why:
        raise BadSetting("database_url", "the port is not a number") from why
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.path.strip("/")),
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": query.pop("host", "") or address.hostname or "",
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "lantai", "connect_timeout": 5, **query},
        "TEST": {"TEMPLATE": "template0"},
    }


def _parsed(url: str) -> SplitResult:
    try:
        address = urlsplit(url)
    except ValueError as why:
        raise BadSetting("database_url", _SHAPE) from why
    if address.scheme not in {"postgresql", "postgres"} or not address.path.strip("/"):
        raise BadSetting("database_url", _SHAPE)
    return address
