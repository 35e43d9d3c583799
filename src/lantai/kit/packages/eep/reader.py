"""Reading a package of DA/T 48-2009: whatever is wrong in it is listed, not raised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.packages.eep.checks import check_values, layers_of
from lantai.kit.packages.eep.contents import Keep, into
from lantai.kit.packages.eep.convert import layer_of, signature_of
from lantai.kit.packages.eep.data import Data
from lantai.kit.packages.eep.messages import MESSAGES
from lantai.kit.packages.eep.signatures import claims_of, verify_signatures
from lantai.kit.packages.eep.tree import Node, Notes, read_tree
from lantai.kit.packages.eep.types import EepPackage, Encoding
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.xml import XmlBroken, XmlHostile


def read_eep(path: Path, out_folder: Path, *, trust: CertificateTrust = NO_TRUST) -> EepPackage:
    """Read the package ``path``, put its computer files into ``out_folder`` and verify its signatures.

    Memory does not grow with the files. Raises only what writing raises (`StoreFull`, OSError).
    """
    return read_package(path, path.name, into(out_folder), trust=trust)


def read_package(path: Path, file: str, keep: Keep, *, trust: CertificateTrust = NO_TRUST) -> EepPackage:
    """`read_eep` that calls the package ``file`` in its findings and gives the contents to ``keep``."""
    findings = Findings(MESSAGES)
    notes = Notes(findings, file)
    data = Data(notes, keep)
    try:
        with path.open("rb") as stream:
            root = read_tree(stream, notes, data.take)
    except (XmlBroken, XmlHostile) as refused:
        notes.whole("broken", reason=str(refused))
        return EepPackage((), problems=findings.as_tuple())
    check_values(root, notes)
    package = _package(root, data)
    for encoding in encodings_of(package):
        _check_size(encoding, notes)
    found = verify_signatures(path, claims_of(root, package), trust)
    return replace(package, found=found, problems=findings.as_tuple())


def read_contents(path: Path, keep: Keep) -> None:
    """Give the computer files of the package ``path`` to ``keep`` and look at nothing else.

    Raises `XmlBroken` and `XmlHostile`.
    """
    notes = Notes(Findings(MESSAGES), path.name)
    with path.open("rb") as stream:
        read_tree(stream, notes, Data(notes, keep).take)


def _package(root: Node, data: Data) -> EepPackage:
    layers = tuple(layer_of(nodes, data.stored) for nodes in layers_of(root))
    lock = root.find("锁定签名")
    return EepPackage(layers, signature_of(lock, "被锁定签名标识符") if lock else None)


def encodings_of(package: EepPackage) -> tuple[Encoding, ...]:
    """Every computer file of every layer, the current layer first."""
    return tuple(
        encoding
        for layer in reversed(package.layers)
        for document in layer.content.documents
        for version in document.versions
        for encoding in version.encodings
    )


def _check_size(encoding: Encoding, notes: Notes) -> None:
    stated, stored = encoding.size.strip(), encoding.stored
    if (
        stored is None
        or not (stated.isascii() and stated.isdecimal())
        or int(stated[:20]) == stored.size_bytes
    ):
        return
    notes.whole("size", name=encoding.name, value=stated, size=stored.size_bytes)
