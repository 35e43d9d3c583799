"""Scans of nothing, alone and in an archive, and what was found of them."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

from lantai.apps.imports.models import AttachedFile, Attachment


def picture(shade: int = 200, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("L", (16, 16), shade).save(out, form)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def verdicts(row: Attachment) -> dict[str, str]:
    return dict(AttachedFile.objects.filter(attachment=row).values_list("path", "verdict"))
