"""Packages of DA/T 48-2009 基于XML的电子文件封装规范 (EEP): read, verified and written."""

from __future__ import annotations

from lantai.kit.packages.eep.expanding import expand
from lantai.kit.packages.eep.outgoing import EepIncomplete, EepSourceMissing, EepValueInvalid
from lantai.kit.packages.eep.reader import read_eep
from lantai.kit.packages.eep.stream import is_eep
from lantai.kit.packages.eep.types import (
    Act,
    Agent,
    CertificateBlock,
    Content,
    Document,
    DocumentData,
    EepPackage,
    Encoding,
    Layer,
    Relation,
    Signature,
    Stored,
)
from lantai.kit.packages.eep.writer import NotModifiable, Signer, write_modified, write_original

__all__ = [
    "Act",
    "Agent",
    "CertificateBlock",
    "Content",
    "Document",
    "DocumentData",
    "EepIncomplete",
    "EepPackage",
    "EepSourceMissing",
    "EepValueInvalid",
    "Encoding",
    "Layer",
    "NotModifiable",
    "Relation",
    "Signature",
    "Signer",
    "Stored",
    "expand",
    "is_eep",
    "read_eep",
    "write_modified",
    "write_original",
]
