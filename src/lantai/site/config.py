"""Typed readers over ``lantai.toml`` and the environment; nonsense is rejected with the name of the setting.

Order: environment ``LANTAI_X``, then the file named by ``LANTAI_X_FILE`` (secrets), then key ``x`` of
``lantai.toml`` (path in ``LANTAI_CONFIG``, else the working directory), then the default.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import available_timezones

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class BadSetting(SystemExit):
    """One clear line on standard error, and exit code 1."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"lantai: setting LANTAI_{name.upper()}: {why}")


@cache
def _file() -> Mapping[str, object]:
    path = Path(os.environ.get("LANTAI_CONFIG", "lantai.toml"))
    if not path.is_file():
        if "LANTAI_CONFIG" in os.environ:
            raise BadSetting("config", f"{path} is not a file")
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as broken:
        raise BadSetting("config", f"{path} is not valid TOML: {broken}") from broken


def _raw(name: str) -> object | None:
    env = f"LANTAI_{name.upper()}"
    if env in os.environ:
        return os.environ[env]
    if secret := os.environ.get(f"{env}_FILE"):
        try:
            return Path(secret).read_text("utf-8").strip()
        except OSError as why:
            raise BadSetting(f"{name}_FILE", f"cannot read {secret}: {why.strerror}") from why
    return _file().get(name)


def text(name: str, default: str = "") -> str:
    """A string setting."""
    value = _raw(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise BadSetting(name, "must be a text")
    return value


def flag(name: str, default: bool) -> bool:
    """A yes-or-no setting; any other word is refused."""
    value = _raw(name)
    if value is None or isinstance(value, bool):
        return default if value is None else value
    word = str(value).strip().lower()
    if word not in _TRUE | _FALSE:
        raise BadSetting(name, f"must be one of {', '.join(sorted(_TRUE | _FALSE))}, not {word!r}")
    return word in _TRUE


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number between ``least`` and ``most``."""
    value = _raw(name)
    if value is None:
        return default
    try:
        found = int(str(value))
    except ValueError as why:
        raise BadSetting(name, f"must be a whole number, not {value!r}") from why
    if not least <= found <= most:
        raise BadSetting(name, f"must be between {least} and {most}, not {found}")
    return found


def words(name: str, default: list[str]) -> list[str]:
    """A list: a TOML array, or words separated by commas."""
    value = _raw(name)
    if value is None:
        return default
    if isinstance(value, list):
        return [str(v) for v in value]
    return [w.strip() for w in str(value).split(",") if w.strip()]


def named(prefix: str) -> dict[str, dict[str, str]]:
    """The secrets ``prefix_<name>`` of things that are entered in the database, read as ``key=value&key=value``."""
    starts = f"LANTAI_{prefix.upper()}_"
    from_env = {
        key.removeprefix(starts).removesuffix("_FILE") for key in os.environ if key.startswith(starts)
    }
    from_file = {key.removeprefix(f"{prefix}_") for key in _file() if key.startswith(f"{prefix}_")}
    names = {name.lower() for name in from_env} | from_file
    return {name: dict(parse_qsl(text(f"{prefix}_{name}"))) for name in sorted(names)}


def folder(name: str, default: Path) -> Path:
    """An absolute path; made by whoever writes there first."""
    return Path(text(name) or default).expanduser().resolve()


def choice(name: str, default: str, allowed: frozenset[str]) -> str:
    """One of a few words."""
    value = text(name, default)
    if value not in allowed:
        raise BadSetting(name, f"must be one of {', '.join(sorted(allowed))}, not {value!r}")
    return value


def time_zone(name: str, default: str) -> str:
    """A name of the time zone database."""
    value = text(name, default)
    if value not in available_timezones():
        raise BadSetting(name, f"must be a time zone like Asia/Shanghai, not {value!r}")
    return value


def secret_in(path: Path) -> str:
    """The secret kept in ``path`` (mode 0600), made there on first use: it is there whole, or not at all."""
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass  # the first use
    except OSError as why:
        raise BadSetting("home", f"cannot read {path}: {why.strerror}") from why
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_once(path, secrets.token_urlsafe(64))
    except OSError as why:
        raise BadSetting("home", f"cannot write to {path.parent}: {why.strerror}") from why
    return path.read_text("ascii").strip()


def _make_once(path: Path, text: str) -> None:
    """A file with ``text``, unless another process was first."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        Path(aside).unlink()
