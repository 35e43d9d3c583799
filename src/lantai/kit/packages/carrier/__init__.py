"""Carriers in the layout of 2012: 《电子档案移交与接收办法》(档发〔2012〕7号) annex 2, read and written."""

from __future__ import annotations

from lantai.kit.packages.carrier.reader import CarrierReader, NotACarrier, read_carrier
from lantai.kit.packages.carrier.types import CarrierItem, CarrierPackage, CarrierRow, OutgoingCarrierItem
from lantai.kit.packages.carrier.writer import write_carrier

__all__ = [
    "CarrierItem",
    "CarrierPackage",
    "CarrierReader",
    "CarrierRow",
    "NotACarrier",
    "OutgoingCarrierItem",
    "read_carrier",
    "write_carrier",
]
