"""Transfer packages in the layout of DA/T 93-2022 电子档案移交接收操作规程."""

from __future__ import annotations

from lantai.kit.packages.listed import DESCRIPTION_FILE
from lantai.kit.packages.transfer.metadata import read_metadata, write_metadata
from lantai.kit.packages.transfer.reader import NotATransfer, TransferReader
from lantai.kit.packages.transfer.types import (
    CATALOGUE_FILE,
    CatalogueRow,
    OutgoingDescription,
    OutgoingItem,
    TransferItem,
    WrittenTransfer,
)
from lantai.kit.packages.transfer.writer import CodeInvalid, NothingToTransfer, write_transfer

__all__ = [
    "CATALOGUE_FILE",
    "DESCRIPTION_FILE",
    "CatalogueRow",
    "CodeInvalid",
    "NotATransfer",
    "NothingToTransfer",
    "OutgoingDescription",
    "OutgoingItem",
    "TransferItem",
    "TransferReader",
    "WrittenTransfer",
    "read_metadata",
    "write_metadata",
    "write_transfer",
]
