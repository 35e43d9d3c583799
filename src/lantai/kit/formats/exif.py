"""What a camera wrote into a photo, as facts (DA/T 54—2014: 捕获设备, 拍摄时间, 拍摄位置, 技术特征)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from PIL import Image

from lantai.kit.formats.remarks import Fact

_EXIF, _GPS = 0x8769, 0x8825
_MAX_CHARS = 200
_MAIN: Mapping[int, str] = {
    0x010F: "camera_maker",
    0x0110: "camera_model",
    0x0131: "software",
    0x0132: "changed_at",
    0x013B: "photographer",
    0x8298: "copyright",
}
_WORDS: Mapping[int, str] = {
    0x9003: "taken_at",
    0x9004: "digitised_at",
    0x9011: "taken_at_offset",
    0xA431: "camera_serial",
    0xA434: "lens_model",
}
_NUMBERS: Mapping[int, str] = {
    0x829A: "exposure_s",
    0x829D: "aperture_f",
    0x8827: "iso",
    0x920A: "focal_length_mm",
}
_ORIENTATION = 0x0112
_BROKEN = (OSError, SyntaxError, ValueError, struct.error, KeyError, TypeError, IndexError, OverflowError)


def capture_facts(image: Image.Image) -> dict[str, Fact]:
    """The EXIF of an opened image; what is missing or unreadable is left out."""
    try:
        main = image.getexif()
        camera, place = main.get_ifd(_EXIF), main.get_ifd(_GPS)
    except _BROKEN:
        return {}
    facts: dict[str, Fact] = {}
    for source, names in ((main, _MAIN), (camera, _WORDS)):
        facts |= {name: text for tag, name in names.items() if (text := _words(source.get(tag)))}
    facts |= {n: v for tag, n in _NUMBERS.items() if (v := _number(camera.get(tag))) is not None}
    if isinstance(turned := main.get(_ORIENTATION), int) and 1 <= turned <= 8:
        facts["orientation"] = turned
    facts |= {n: _moment(str(facts[n])) for n in ("taken_at", "digitised_at", "changed_at") if n in facts}
    return facts | _position(place)


def _words(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.replace("\x00", "").strip()[:_MAX_CHARS] if isinstance(value, str) else ""


def _number(value: Any) -> float | int | None:
    if isinstance(value, tuple) and value:
        value = value[0]
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not 0 < number < 1e9:  # nan and infinity fall out too
        return None
    return int(number) if number.is_integer() else round(number, 6)


def _moment(text: str) -> str:
    """``2026:01:01 08:00:00`` as ISO 8601, the camera's own clock; anything else as it stands."""
    date, _, time = text.partition(" ")
    return f"{date.replace(':', '-')}T{time}" if len(date) == 10 and time else text


def _position(place: Mapping[int, Any]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name, side, at, negative, limit in (
        ("latitude_deg", 1, 2, "S", 90),
        ("longitude_deg", 3, 4, "W", 180),
    ):
        degrees = _degrees(place.get(at))
        if degrees is not None and degrees <= limit:
            facts[name] = -degrees if _words(place.get(side)).upper() == negative else degrees
    height = _number(place.get(6))
    if height is not None:
        facts["altitude_m"] = -height if place.get(5) in {1, b"\x01"} else height
    return facts


def _degrees(value: Any) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    return round(total, 6) if 0 <= total < 1e3 else None
