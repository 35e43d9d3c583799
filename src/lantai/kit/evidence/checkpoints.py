"""Checkpoints (C2SP tlog-checkpoint) and proofs that carry one (C2SP tlog-proof v1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lantai.kit.crypto import SigningKey
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.encoding import base64_of, decimal, from_base64
from lantai.kit.evidence.notes import Note, parse_note, sign_note

HASH_BYTES = 32
MAX_PROOF_HASHES = 64
SM3_LINE = "sm3 "
PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class BadCheckpoint(Invalid):
    """The note is not a checkpoint."""

    message = N_("日志检查点的格式不正确。")


class BadProof(Invalid):
    """The text is not a tlog-proof."""

    message = N_("存证证明的格式不正确。")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says about itself at one moment: who it is, how long, with which root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text that is signed."""
        lines = [self.origin, str(self.size), base64_of(self.root), *self.extensions]
        if any(not line or "\n" in line for line in lines):
            raise BadCheckpoint()
        return "".join(f"{line}\n" for line in lines)

    @property
    def sm3_root(self) -> bytes | None:
        """Root of the SM3 tree over the same leaves, if the log says one; raises BadCheckpoint for a bad one."""
        said = [line.removeprefix(SM3_LINE) for line in self.extensions if line.startswith(SM3_LINE)]
        if not said:
            return None
        root = from_base64(said[0])
        if len(said) > 1 or len(root) != HASH_BYTES:
            raise BadCheckpoint()
        return root


def tree_head(origin: str, size: int, root: bytes, sm3_root: bytes | None = None) -> Checkpoint:
    """The checkpoint of a log; the root of its SM3 tree, when it has one, becomes an extension line."""
    extensions = () if sm3_root is None else (SM3_LINE + base64_of(sm3_root),)
    return Checkpoint(origin, size, root, extensions)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note text; raises BadCheckpoint."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines) or not text.endswith("\n"):
        raise BadCheckpoint()
    origin, size, root, *extensions = lines
    found = Checkpoint(origin, decimal(size), from_base64(root), tuple(extensions))
    if len(found.root) != HASH_BYTES:
        raise BadCheckpoint()
    return found


def sign_checkpoint(checkpoint: Checkpoint, keys: Sequence[SigningKey]) -> Note:
    """The signed checkpoint: one line for each key, all under the origin as key name."""
    return sign_note(checkpoint.text(), [(checkpoint.origin, key) for key in keys])


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A checkpoint, the place of an entry in its tree, and the hashes that lead from one to the other."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes = b""

    def render(self) -> str:
        """The proof as text; store it as `.tlog-proof`."""
        extra = [f"extra {base64_of(self.extra)}"] if self.extra else []
        head = [PROOF_HEADER, *extra, f"index {self.index}", *map(base64_of, self.hashes)]
        return "\n".join(head) + "\n\n" + self.note.render()


def parse_proof(text: str) -> TlogProof:
    """The proof in `text`; raises BadProof, BadNote or Invalid for any other spelling than `render`'s."""
    head, separator, note = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != PROOF_HEADER:
        raise BadProof()
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index ") or len(lines) > MAX_PROOF_HASHES + 1:
        raise BadProof()
    index = decimal(lines.pop(0).removeprefix("index "))
    proof = TlogProof(index, tuple(from_base64(line) for line in lines), parse_note(note), extra)
    if any(len(node) != HASH_BYTES for node in proof.hashes) or proof.render() != text:
        raise BadProof()
    return proof
