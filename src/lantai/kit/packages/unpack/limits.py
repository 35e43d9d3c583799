"""How much an archive from outside may bring, and the refusals when it brings more."""

from __future__ import annotations

from dataclasses import dataclass

from lantai.kit.errors import N_, Invalid

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what is really written, not on what the archive says of itself."""

    total_bytes: int = 64 * GIB
    file_bytes: int = 16 * GIB
    entries: int = 200_000
    depth: int = 32
    path_bytes: int = 2048
    ratio: int = 200  # unpacked to packed
    ratio_from_bytes: int = MIB  # a little text may shrink more than 200 times


class UnpackRefused(Invalid):
    """Any reason not to unpack; nothing of the archive is left behind."""

    message = N_("压缩包没有解开。")


class UnknownArchive(UnpackRefused):
    """Not one of the kinds that are read."""

    message = N_("不能识别这个文件：只接收 zip、tar 和 tar.gz（找到的是%(found)s）；请重新打包后再提交。")


class ArchiveEncrypted(UnpackRefused):
    """Something in it needs a password."""

    message = N_("压缩包里的“%(path)s”有密码保护，没有解开；请去掉密码后重新打包。")


class ArchiveDamaged(UnpackRefused):
    """Cut off, or its sums do not agree."""

    message = N_("压缩包已损坏（%(where)s），没有解开；请重新打包或重新上传。")


class HeaderLies(UnpackRefused):
    """Two places in the archive contradict each other, or the content contradicts both."""

    message = N_("压缩包对“%(path)s”的说明前后矛盾（%(what)s），可能是恶意构造的，没有解开。")


class EntriesOverlap(UnpackRefused):
    """Several entries share the same packed bytes."""

    message = N_("压缩包里的“%(path)s”与别的文件共用数据，是压缩炸弹的手法，没有解开。")


class MethodUnsupported(UnpackRefused):
    """Packed in a way that is not read here."""

    message = N_(
        "压缩包里的“%(path)s”使用了不支持的压缩方式（%(method)s），没有解开；请用普通 zip 方式重新打包。"
    )


class TooManyEntries(UnpackRefused):
    """More files and folders than allowed."""

    message = N_("压缩包里的文件超过 %(most)d 个，没有解开；请分成几个包提交。")


class TooLarge(UnpackRefused):
    """More bytes than allowed, in one file or together."""

    message = N_("压缩包解开后超过上限 %(most)d 字节（到“%(path)s”为止），没有解开；请分成几个包提交。")


class RatioTooHigh(UnpackRefused):
    """Unpacks to more than its packed size can honestly hold."""

    message = N_("压缩包解开后是原来的 %(ratio)d 倍以上（到“%(path)s”为止），像是压缩炸弹，没有解开。")


class TooDeep(UnpackRefused):
    """Folders in folders in folders."""

    message = N_("压缩包里的“%(path)s”层级或路径过长，没有解开；请缩短路径后重新打包。")


class UnsafeName(UnpackRefused):
    """A name that would leave the folder, deceive a reader or not survive elsewhere."""

    message = N_("压缩包里的“%(path)s”名称不安全（%(reason)s），没有解开；请改名后重新打包。")


class NamesCollide(UnpackRefused):
    """Two names that are one file on some system."""

    message = N_("压缩包里的“%(path)s”与“%(other)s”在有的系统上是同一个文件，没有解开；请改名后重新打包。")


class NotAFile(UnpackRefused):
    """A symbolic link, hard link, device or pipe."""

    message = N_("压缩包里的“%(path)s”是%(kind)s，没有解开；请换成普通文件后重新打包。")
