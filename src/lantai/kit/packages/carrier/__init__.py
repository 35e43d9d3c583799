"""Carriers in the layout of 2012: 《电子档案移交与接收办法》(档发〔2012〕7号) annex 2, read and written."""

from __future__ import annotations

from lantai.kit.packages.carrier.reader import CarrierReader, NotACarrier
from lantai.kit.packages.carrier.types import CarrierItem, CarrierRow, OutgoingCarrierItem
from lantai.kit.packages.carrier.writer import write_carrier

__all__ = [
    "CarrierItem",
    "CarrierReader",
    "CarrierRow",
    "NotACarrier",
    "OutgoingCarrierItem",
    "write_carrier",
]
