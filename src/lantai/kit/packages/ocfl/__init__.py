"""OCFL 1.1: the form in which content is kept (ocfl.io/1.1/spec)."""

from __future__ import annotations

from lantai.kit.packages.ocfl.inventory import SM3_MANIFEST, Inventory, Version
from lantai.kit.packages.ocfl.layout import NotAStorageRoot, ObjectIdInvalid, ensure_root, object_path
from lantai.kit.packages.ocfl.logical import LogicalPathInvalid, LogicalPathTaken
from lantai.kit.packages.ocfl.parts import Part, parts_of
from lantai.kit.packages.ocfl.reader import (
    NoSuchContent,
    NoSuchObject,
    ObjectUnreadable,
    OcflObject,
    StoredFile,
    find_object,
    object_folders,
    open_object,
)
from lantai.kit.packages.ocfl.staging import ObjectBusy, StageOnOtherDisk, recover, staging_of, take_away
from lantai.kit.packages.ocfl.validate import validate_object, validate_root
from lantai.kit.packages.ocfl.writer import (
    AddedFile,
    NoSuchFile,
    NotARegularFile,
    NothingChanged,
    ObjectExists,
    ObjectWriter,
    ReadBackDiffers,
    SealedObject,
    SourceDiffers,
    WrittenElsewhere,
)

__all__ = [
    "SM3_MANIFEST",
    "AddedFile",
    "Inventory",
    "LogicalPathInvalid",
    "LogicalPathTaken",
    "NoSuchContent",
    "NoSuchFile",
    "NoSuchObject",
    "NotARegularFile",
    "NotAStorageRoot",
    "NothingChanged",
    "ObjectBusy",
    "ObjectExists",
    "ObjectIdInvalid",
    "ObjectUnreadable",
    "ObjectWriter",
    "OcflObject",
    "Part",
    "ReadBackDiffers",
    "SealedObject",
    "SourceDiffers",
    "StageOnOtherDisk",
    "StoredFile",
    "Version",
    "WrittenElsewhere",
    "ensure_root",
    "find_object",
    "object_folders",
    "object_path",
    "open_object",
    "parts_of",
    "recover",
    "staging_of",
    "take_away",
    "validate_object",
    "validate_root",
]
