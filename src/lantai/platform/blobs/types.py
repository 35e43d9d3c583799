"""What other apps know of content: a staged file, and why one was refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lantai.kit.digests import Digests
from lantai.kit.errors import N_, Fault, Invalid, Refusal

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Staged:
    """Content that is safely stored: read back after writing, all digests equal."""

    key: str
    size: int
    digests: Digests


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A finished upload: what the person called it, and the content."""

    token: str
    name: str
    relative_path: str
    staged: Staged


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep removed."""

    blobs: int
    bytes: int
    strays: int
    uploads: int


class UploadState(StrEnum):
    """How far an upload is."""

    RECEIVING = "receiving"
    FINISHED = "finished"


class TooLarge(Refusal):
    """The content has more bytes than allowed."""

    status = 413
    message = N_("文件超过允许的大小（%(limit_bytes)d 字节），没有保存。请拆分后再传，或请管理员调高上限。")


class DigestDiffers(Invalid):
    """The content is not the one that was announced."""

    message = N_("文件内容与申报的摘要不一致，没有保存。请检查原文件后重新传送。")


class StoreFull(Refusal):
    """There is no room for the content; nothing of it was kept."""

    status = 507
    message = N_("存储空间不足，文件没有保存，原有内容不受影响。请管理员扩充空间后再传。")


class StoreUnreachable(Fault):
    """The object store did not do what it was asked."""

    status = 503
    message = N_("对象存储没有正常应答，内容未确认保存：%(why)s")


class StoredCopyDiffers(Fault):
    """What was read back is not what was written."""

    message = N_("写入后回读的内容与原内容不一致（%(key)s），已撤回这次写入。请检查存储设备。")


class UploadOffsetDiffers(Refusal):
    """The client's idea of how much has arrived is not ours."""

    message = N_("续传位置不一致：服务器已收到 %(offset)d 字节。请从该位置继续。")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a sender says that a piece must hash to."""

    algorithm: str
    digest: bytes


class ChecksumDiffers(Refusal):
    """The piece is not what the sender says that it sent; nothing of it counts."""

    status = 460  # of the checksum extension of tus
    message = N_("这一段内容与校验值不符，没有保存，服务器已收到 %(offset)d 字节。请从该位置重新发送。")


class ChecksumUnknown(Refusal):
    """The checksum is by no algorithm that is known here, or is no checksum."""

    status = 400
    message = N_("请求头 Upload-Checksum 不能使用。请写算法（%(known)s）和 Base64 校验值。")


class UploadBusy(Refusal):
    """Another request is writing to the same upload."""

    status = 423
    message = N_("这个文件正由另一个请求写入，请稍后从服务器给出的位置继续。")


class QuotaExceeded(Refusal):
    """The person has too much content under way."""

    status = 413
    message = N_("您未用完的上传合计超过 %(quota_mb)d MB。请先完成或取消已有上传。")


def key_of(digests: Digests) -> str:
    """The key under which content of these digests is stored."""
    return f"{digests.sha512[:2]}/{digests.sha512}"


def is_key(text: str) -> bool:
    """Whether `text` can be a key at all; anything else never reaches a file system."""
    return _KEY.fullmatch(text) is not None
