"""Mirador, the viewer of images that others wrote (Apache-2.0), as npm brings it."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

PACKED = Path(__file__).resolve().parents[2] / ".venv" / "mirador" / "mirador-4.0.0.tgz"
WHY = "mirador comes by `npm pack`, which tools/test.sh does where it may"
_SHA512 = (
    "b96b04f5eda8a9273f954bbebd5c031a14ecc9cba11ac7d9d8a7d7e822df5e24"
    "f7c201b2eaa4fdfaae4cdd5f59cfbda191d220b09ba029eb1aa30991b589afac"
)
PAGE = """<!doctype html><meta charset="utf-8"><title>Mirador</title>
<style>html, body, #viewer { height: 100%; margin: 0; position: relative }</style><div id="viewer"></div>
<script src="mirador.min.js"></script>
<script>Mirador.viewer({ id: "viewer", windows: [{ manifestId: new URLSearchParams(location.search).get("of") }] })
</script>"""


def script() -> str:
    """The program as one script; refuses a package with other content."""
    assert hashlib.sha512(PACKED.read_bytes()).hexdigest() == _SHA512, f"{PACKED} is not what was published"
    with tarfile.open(PACKED) as packed:
        member = packed.extractfile("package/dist/mirador.min.js")
        assert member is not None
        return member.read().decode()
