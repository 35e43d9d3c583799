"""Digests of content (SHA-256, SHA-512 and SM3 in one read) and manifests of them."""

from lantai.kit.digests.hashing import (
    CHUNK_BYTES,
    Digests,
    Hasher,
    Running,
    Source,
    chunks,
    digest_bytes,
    digest_file,
    digest_stream,
    new_sm3,
    sm3,
    sm3_over,
    tee,
)
from lantai.kit.digests.manifests import (
    BadManifestLine,
    ManifestLine,
    is_safe_path,
    read_manifest,
    write_manifest,
)
from lantai.kit.digests.pairs import Pace, Pair, pair_of, pair_of_bytes

__all__ = [
    "CHUNK_BYTES",
    "BadManifestLine",
    "Digests",
    "Hasher",
    "ManifestLine",
    "Pace",
    "Pair",
    "Running",
    "Source",
    "chunks",
    "digest_bytes",
    "digest_file",
    "digest_stream",
    "is_safe_path",
    "new_sm3",
    "pair_of",
    "pair_of_bytes",
    "read_manifest",
    "sm3",
    "sm3_over",
    "tee",
    "write_manifest",
]
