"""What a file is, whether it is whole, what it says and how it looks: identification, checks, rendering."""

from __future__ import annotations


def warm() -> None:
    """Load what every call needs; a sandbox worker does it once, before it forks."""
    from PIL import Image

    from lantai.kit.formats import examine, identify, pdfsigned, render

    del examine, pdfsigned, render  # imported for their parsers
    Image.init()  # else every child that writes a picture looks for all its plugins
    identify.warm()
