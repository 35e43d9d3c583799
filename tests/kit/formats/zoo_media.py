"""Pictures by Pillow, sound and film by ffmpeg (where it is installed)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

Maker = Callable[[Path], object]
FFMPEG = shutil.which("ffmpeg")
FFPROBE = shutil.which("ffprobe")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None or FFPROBE is None, reason="ffmpeg is not installed")


def film(folder: Path, names: Mapping[str, tuple[str, ...]], seconds: int = 1) -> None:
    """Samples of moving stripes and a tone, all by one run, each in the container of its extension."""
    assert FFMPEG
    sources = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10"]
    sources += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
    outputs = [
        w for name, options in names.items() for w in ("-t", str(seconds), *options, str(folder / name))
    ]
    command = [FFMPEG, "-v", "error", "-y", *sources, *outputs]
    subprocess.run(command, check=True, timeout=600, stdin=subprocess.DEVNULL)


def pdf_of(version: str) -> Maker:
    """A blank page in this version of PDF."""

    def write(path: Path) -> None:
        with pikepdf.new() as made:
            made.add_blank_page(page_size=(200, 100))
            made.save(path, force_version=version, object_stream_mode=pikepdf.ObjectStreamMode.disable)

    return write


def picture(kind: str, mode: str = "RGB", **options: object) -> Maker:
    return lambda path: Image.new(mode, (24, 18), 1).save(path, kind, **options)


def photo(path: Path) -> None:
    """A JPEG as a camera writes it, with its EXIF."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132], exif[0x0112] = "Sample Camera", "S-1", "2026:01:01 08:00:00", 1
    exif.get_ifd(0x8769).update(
        {0x9003: "2026:01:01 08:00:00", 0x829A: 0.01, 0x829D: 2.8, 0x8827: 100, 0x920A: 35.0, 0x9000: b"0221"}
    )
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 10.0, 0.0)})
    Image.effect_noise((96, 64), 40).convert("RGB").save(path, "JPEG", exif=exif, dpi=(300, 300))


PICTURES: dict[str, Maker] = {
    **{
        f"v{v.replace('.', '')}.pdf": pdf_of(v)
        for v in ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0")
    },
    "photo.jpg": photo,
    "grey.jpg": picture("JPEG", "L"),
    "cmyk.jpg": picture("JPEG", "CMYK"),
    "a.webp": picture("WEBP"),
    "lossless.webp": picture("WEBP", lossless=True),
    "a.j2k": picture("JPEG2000", no_jp2=True),
    "lzw.tif": picture("TIFF", compression="tiff_lzw"),
    "g4.tif": picture("TIFF", "1", compression="group4"),
    "grey.png": picture("PNG", "L"),
    "a.ico": picture("ICO"),
    "a.ppm": picture("PPM"),
    "a.pcx": picture("PCX"),
    "a.tga": picture("TGA"),
    "a.eps": picture("EPS"),
    "87.gif": picture("GIF", "P"),
}
_PLAIN_VIDEO = ("-c:v", "mpeg4", "-c:a", "aac")
MEDIA: dict[str, tuple[str, ...]] = {
    "a.mp3": ("-vn", "-c:a", "libmp3lame"),
    "bare.mp3": ("-vn", "-c:a", "libmp3lame", "-id3v2_version", "0", "-write_xing", "0"),
    "a.m4a": ("-vn", "-c:a", "aac"),
    "a.mp4": _PLAIN_VIDEO,
    "a.mov": _PLAIN_VIDEO,
    "a.mkv": _PLAIN_VIDEO,
    "a.webm": ("-c:v", "libvpx", "-c:a", "libvorbis"),
    "a.avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "a.flac": ("-vn",),
    "a.ogg": ("-vn", "-c:a", "libvorbis"),
    "a.flv": ("-c:v", "flv1", "-c:a", "libmp3lame", "-ar", "44100"),
    "a.mpg": ("-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2"),
    "a.ts": ("-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2"),
    "a.wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    "bwf.wav": ("-vn", "-write_bext", "1", "-metadata", "description=sample"),
    "a.aiff": ("-vn",),
    "a.au": ("-vn",),
    "a.aac": ("-vn", "-c:a", "aac"),
    "a.amr": ("-vn", "-c:a", "pcm_mulaw", "-f", "wav"),
}
