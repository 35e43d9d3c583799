"""One case: what is given to the readers, made from a seed, kept for replay."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.fuzz.mutating import Bait, Mutator, zipped

LINK = b"\0link\0"  # what stands before the target of a symbolic link
WAYS = ("folder", "folder", "folder", "worker", "archive")


@dataclass(frozen=True)
class Case:
    """Changed files, and whether they come as a folder, as an archive or to the self-check's worker."""

    name: str  # seed/target/number
    way: str
    files: tuple[tuple[str, bytes], ...]

    @property
    def target(self) -> str:
        return self.name.split("/")[1]

    def keep(self, folder: Path, trouble: str) -> Path:
        """Write the input down with what it did; the file that was made."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name.replace('/', '-')}.json"
        files = [[name, base64.b64encode(content).decode()] for name, content in self.files]
        told = {"name": self.name, "way": self.way, "trouble": trouble, "files": files}
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8", errors="replace")
        return path

    def lay_out(self, folder: Path) -> Path:
        """The files below ``folder`` as a folder or an archive; the path to give to a reader.

        Names that lead out are for archives only: nothing here writes to them.
        """
        if self.target == "ofd":
            ((name, content),) = self.files
            path = folder / PurePosixPath(name).name
            path.write_bytes(content)
            return path
        if self.way == "archive":
            path = folder / "sent.zip"
            path.write_bytes(zipped([one for one in self.files if not one[1].startswith(LINK)]))
            return path
        sent = folder / "sent"
        sent.mkdir()
        for name, content in self.files:
            _write(sent, name, content)
        return sent


def kept_case(folder: Path, name: str) -> Case | None:
    """What was written down under this name, if anything was."""
    path = folder / f"{name.replace('/', '-')}.json"
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return Case(told["name"], told["way"], tuple((one, base64.b64decode(raw)) for one, raw in told["files"]))


def make_case(seed: str, target: str, number: int, good: Mapping[str, bytes], bait: Bait) -> Case:
    """The case of that number; always the same for the same good files."""
    name = f"{seed}/{target}/{number}"
    chance = random.Random(name)
    mutator = Mutator(chance, bait)
    files = list(good.items())
    # lists and descriptions steer a reader more than the files that they speak of
    steering = [at for at, (path, _content) in enumerate(files) if not path.lower().endswith(".pdf")]
    for _ in range(chance.choice((1, 1, 1, 2))):
        at = chance.choice(steering)
        path, content = files[at]
        kind = chance.random() if target != "ofd" else 0.0
        if kind < 0.8:
            files[at] = (path, mutator.mutated(content, path))
        elif kind < 0.85:
            files[at] = (mutator.renamed(path), content)
        elif kind < 0.9:
            files[at] = (path, LINK + bait.secret_path.encode())
        elif kind < 0.95:
            files.append((mutator.renamed(path), content))
        elif len(files) > 1:
            del files[at]
            steering = steering[:1] if steering[0] < len(files) else [0]
    return Case(name, chance.choice(WAYS), tuple(files))


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder / PurePosixPath(name.replace("\0", "?"))
    inside = path.is_relative_to(folder) and ".." not in path.parts
    fits = (
        all(0 < len(part.encode("utf-8", "replace")) < 256 for part in path.parts) and len(str(path)) < 1000
    )
    if not inside or not fits or path.exists() or path.is_symlink():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith(LINK):
            path.symlink_to(content.removeprefix(LINK).decode())
        else:
            path.write_bytes(content)
    except (FileExistsError, NotADirectoryError):
        return  # a folder cannot lie where a file does
