"""What both resumable uploads, of people and of machines, say in the words of tus 1.0."""

from __future__ import annotations

import base64
import binascii

from lantai.platform.blobs.types import Checksum, ChecksumUnknown

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination"
# sha1 is what the protocol asks every server to know; it guards against a bad line, not against forgers.
DIGEST_BYTES = {"sha1": 20, "sha256": 32, "sha512": 64}


def checksum_of(header: str) -> Checksum | None:
    """Read the header `Upload-Checksum`: an algorithm and a Base64 digest; raises `ChecksumUnknown`."""
    if not header:
        return None
    algorithm, _space, text = header.strip().partition(" ")
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error as why:
        raise ChecksumUnknown(known=", ".join(DIGEST_BYTES)) from why
    if DIGEST_BYTES.get(algorithm.lower()) != len(digest):
        raise ChecksumUnknown(known=", ".join(DIGEST_BYTES))
    return Checksum(algorithm.lower(), digest)
