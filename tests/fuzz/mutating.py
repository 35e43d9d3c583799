"""A seeded mutator that knows what it changes: members of a ZIP, nodes of XML, lines of text, bytes of all else."""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"255",
    b"65536",
    b"2147483648",
    b"-9223372036854775809",
    b"1e309",
    b"NaN",
    b"9" * 5000,
)
TEXTS = (
    "",
    " ",
    "\u202e",
    "\ufffe",
    "𠀀" * 50,
    "A" * 70_000,
    "../../..",
    "%s%n%(x)s",
    "\t\r\n",
    "=1+1",
    "2026-02-30",
)
ENCODINGS = ("utf-8", "gb18030", "utf-16", "utf-16-be", "utf-7", "ebcdic", "latin-1")

# what `zipfile` meets broken archives with
_BAD_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError
)  # fmt: skip


@dataclass(frozen=True)
class Bait:
    """What a reader must never touch: a file with a secret, a folder to write to, an address to call."""

    secret_path: str
    folder: str
    address: str

    def places(self) -> tuple[str, ...]:
        """References that lead out of a package."""
        up = "../" * 12
        return (
            f"http://{self.address}/fuzz",
            f"file://{self.secret_path}",
            self.secret_path,
            up + self.secret_path.lstrip("/"),
            up + self.folder.lstrip("/") + "/written.txt",
            f"{self.folder}/written.txt",
            "\\\\" + self.address + "\\share\\x",
            "C:\\written.txt",
            "a/../../b",
            "con",
        )


class Mutator:
    """Everything it does follows from ``chance``."""

    def __init__(self, chance: random.Random, bait: Bait) -> None:
        self._chance = chance
        self._bait = bait

    def mutated(self, data: bytes, name: str) -> bytes:
        """``data`` with one to three changes of the sort that fits it, seldom of another sort."""
        for _ in range(self._chance.choice((1, 1, 2, 3))):
            data = self._once(data, name)
        return data

    def renamed(self, name: str) -> str:
        """Another name for a file of a package, which a hostile sender might choose."""
        folder, slash, last = name.rpartition("/")
        return self._chance.choice(
            (
                *self._bait.places(),
                name.upper(),
                f"{name}/{last}",
                f"{folder}{slash}{last}.exe",
                f"{folder}{slash}{'长' * 200}{last}",
                "d/" * 60 + last,
                f"{folder}{slash}\x01\x7f\u202e{last}",
                f"./{name}",
                f"{folder}{slash}.{last}",
            )
        )

    def _once(self, data: bytes, name: str) -> bytes:
        if self._chance.random() < 0.15:
            return self._bytes(data)
        if data[:4] == b"PK\x03\x04":
            return self._zip(data)
        if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            return self._xml(data)
        is_text = name.lower().endswith((".txt", ".csv", ".json", ".md5", ".sha256", ".sha512"))
        return self._text(data) if is_text or "manifest" in name else self._bytes(data)

    def _bytes(self, data: bytes) -> bytes:
        """Flips, cuts, copies and extreme numbers anywhere."""
        if not data:
            return self._chance.randbytes(self._chance.randrange(1, 64))
        at = self._chance.randrange(len(data))
        length = min(len(data) - at, self._chance.choice((1, 2, 4, 16, 256)))
        made: Callable[[], bytes] = self._chance.choice(
            (
                lambda: data[:at],
                lambda: data[at:],
                lambda: data[:at] + bytes([data[at] ^ 1 << self._chance.randrange(8)]) + data[at + 1 :],
                lambda: data[:at] + self._chance.randbytes(length) + data[at + length :],
                lambda: data[:at] + self._chance.choice((b"\xff", b"\0")) * length + data[at + length :],
                lambda: data[:at] + data[at + length :],
                lambda: data[: at + length] + data[at : at + length] * 3 + data[at + length :],
                lambda: data + data,
                lambda: b"",
            )
        )
        return made()

    def _text(self, data: bytes) -> bytes:
        """Lines dropped, doubled, swapped and filled; numbers and encodings exchanged."""
        lines = data.splitlines(keepends=True) or [b""]
        at = self._chance.randrange(len(lines))
        kind = self._chance.randrange(7)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines[at:at] = [lines[at]] * self._chance.choice((1, 3, 2000))
        elif kind == 2:
            self._chance.shuffle(lines)
        elif kind == 3:
            lines[at] = lines[at].rstrip() + self._value().encode("utf-8", "replace") + b"\r\n"
        elif kind == 4:
            lines[at] = re.sub(rb"\d+", self._chance.choice(NUMBERS), lines[at])
        elif kind == 5:
            return self._recoded(data)
        else:
            lines[at] = self._bytes(lines[at])
        return b"".join(lines)

    def _value(self) -> str:
        return self._chance.choice((*TEXTS, *self._bait.places()))

    def _recoded(self, data: bytes) -> bytes:
        try:
            encoding = self._chance.choice(("utf-8-sig", "utf-16", "utf-16-be", "gb18030", "utf-32"))
            return data.decode("utf-8").encode(encoding)
        except UnicodeError:
            return self._bytes(data)

    def _xml(self, data: bytes) -> bytes:
        """Changes of the tree, or of what stands before it."""
        if self._chance.random() < 0.3:
            return self._prologue(data)
        try:
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
        except (etree.XMLSyntaxError, ValueError):
            return self._bytes(data)
        self._node(root)
        return etree.tostring(
            root, encoding=self._chance.choice(("UTF-8", "UTF-8", "GB18030", "UTF-16")), xml_declaration=True
        )

    def _node(self, root: etree._Element) -> None:
        nodes = [one for one in root.iter() if isinstance(one.tag, str)]
        one, other = self._chance.choice(nodes), self._chance.choice(nodes)
        parent = one.getparent()
        kind = self._chance.randrange(8)
        if kind == 0 and parent is not None:
            parent.remove(one)
        elif kind == 1 and parent is not None:
            is_small = sum(1 for _ in one.iter()) < 20
            for _ in range(self._chance.choice((1, 2, 500 if is_small else 2))):
                parent.append(deepcopy(one))
        elif kind == 2 and one.attrib:
            name = self._chance.choice(list(one.attrib))
            self._set(one, str(name))
        elif kind == 3:
            one.tag = self._chance.choice((other.tag, "x", "{urn:other}x"))
        elif kind == 4:
            other.append(deepcopy(one))  # an element somewhere else, or in itself
        elif kind == 5:
            deep = one
            for _ in range(self._chance.choice((3, 200))):
                deep = etree.SubElement(deep, one.tag)
        elif kind == 6 and len(one):
            one[:] = list(reversed(one))
        else:
            one.text = _allowed(self._chance.choice((self._value(), self._chance.choice(NUMBERS).decode())))

    def _set(self, one: etree._Element, name: str) -> None:
        if self._chance.random() < 0.3:
            del one.attrib[name]
            return
        one.set(name, _allowed(self._chance.choice((self._value(), self._chance.choice(NUMBERS).decode()))))

    def _prologue(self, data: bytes) -> bytes:
        """Document types that fetch, read or grow; declarations that lie; garbage before and after."""
        bait = self._bait
        body = re.sub(rb"^\s*<\?xml.*?\?>", b"", data, flags=re.DOTALL)
        root = (
            (re.search(rb"<([^\s/>!?]+)", body) or re.match(b"()", b"")).group(1).decode("utf-8", "replace")
        )  # type: ignore[union-attr]
        bombs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
        prologue = self._chance.choice(
            (
                f'<!DOCTYPE {root} SYSTEM "http://{bait.address}/fuzz.dtd">',
                f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file://{bait.secret_path}">]>',
                f'<!DOCTYPE {root} [<!ENTITY % p SYSTEM "http://{bait.address}/p">%p;]>',
                f'<!DOCTYPE {root} [<!ENTITY e0 "xxxxxxxxxx">{bombs}]>',
                f'<?xml-stylesheet href="http://{bait.address}/s.xsl" type="text/xsl"?>',
                f'<?xml version="1.0" encoding="{self._chance.choice(ENCODINGS)}"?>',
                '<?xml version="1.1" standalone="no"?>',
                "\0 garbage",
            )
        )
        use = self._chance.choice(("&x;", "&e8;", ""))
        inside = re.sub(rb"(<[^/?!][^<>]*[^/]>)", lambda found: found.group(1) + use.encode(), body, count=2)
        return prologue.encode() + inside

    def _zip(self, data: bytes) -> bytes:
        """Members dropped, doubled, renamed, changed or made liars; otherwise bytes of the archive."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = [
                    (one.filename, archive.read(one)) for one in archive.infolist() if not one.is_dir()
                ]
        except _BAD_ZIP:
            return self._bytes(data)
        if not members:
            return self._bytes(data)
        at = self._chance.randrange(len(members))
        name, content = members[at]
        kind = self._chance.randrange(8)
        if kind == 0:
            del members[at]
        elif kind == 1:
            members.append((name, self._once(content, name)))
        elif kind == 2:
            members[at] = (self.renamed(name), content)
        elif kind == 3:
            members.append((self.renamed(name), b"x"))
        elif kind == 4:
            members.append(("bomb.xml", b" " * 30_000_000))
        else:
            members[at] = (name, self._once(content, name))
        packed = zipped(members)
        return self._lying(packed) if kind == 5 else packed

    def _lying(self, packed: bytes) -> bytes:
        """One field of a local header or of the directory set to an extreme."""
        marks = [found.start() for found in re.finditer(rb"PK\x01\x02|PK\x03\x04|PK\x05\x06", packed)]
        at = self._chance.choice(marks) + self._chance.randrange(4, 42, 2)
        return (
            packed[:at]
            + self._chance.choice((b"\xff\xff", b"\0\0", b"\x01\0", b"\xff\x7f"))
            + packed[at + 2 :]
        )


def _allowed(text: str) -> str:
    """Without what XML itself cannot hold."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    """An archive of these members, in this order, whatever their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # two of one name are meant
        for name, content in members:
            info = zipfile.ZipInfo(name.replace("\0", "?")[:60_000] or "x", (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()
