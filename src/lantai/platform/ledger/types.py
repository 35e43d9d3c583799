"""Values and refusals of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantai.kit.errors import N_, Denied, Fault, Refusal
from lantai.kit.evidence.canonical import Json


@dataclass(frozen=True, slots=True)
class Line:
    """One act of many that `record_many` writes at once."""

    object_type: str
    object_id: object
    object_name: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogFault:
    """One thing that is not as it was logged; `index` is the first leaf that it may concern."""

    message: str
    index: int | None = None
    entry_id: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotYetLogged(Refusal):
    """The entry waits for the next checkpoint."""

    message = N_("这条操作记录已保存，但还没有编入存证日志。请过几秒再试。")


class LogDamaged(Fault):
    """The stored log is not the one that was signed last; signing on would hide it."""

    message = N_(
        "存证日志与最近一次签名的检查点不一致，没有继续编入；已保存的操作记录仍在等待。"
        "请运行 lantai check 查明从哪一条开始不一致。"
    )


class LogRolledBack(Fault):
    """The database knows less than what was already signed and perhaps published."""

    message = N_(
        "数据库中的存证日志只有 %(found)d 条，而本机已签发过 %(signed)d 条的检查点，没有继续编入。"
        "数据库可能被恢复到较早的备份。请恢复较新的备份；确实无法恢复时，更换日志名称（LANTAI_LOG_ORIGIN）与"
        "密钥后重新开始，并保留文件“%(path)s”备查。"
    )


class KeyUnavailable(Fault):
    """A key that signs the log is not in the folder of keys."""

    message = N_(
        "日志的签名私钥 %(id)s 不在“%(folder)s”中，没有继续编入；操作记录照常保存并等待。"
        "请恢复私钥文件；确已遗失时，用 lantai keys revoke 声明撤销，由另一把私钥签名。"
    )


class KeyNotFound(Refusal):
    """No key in force has this number, or no other key could sign for it."""

    message = N_("没有编号或算法为“%(id)s”、正在使用且可由另一把私钥代为声明的日志密钥。")


class NotFromCommandLine(Denied):
    """Keys of the log are changed on the machine itself."""

    message = N_("日志密钥只能在本机用 lantai keys 命令更换或撤销。")


class NotOurCheckpoint(Refusal):
    """Leaves are taken back only up to a checkpoint that this log signed."""

    message = N_("来源的检查点不是本日志签发的，或者签名不正确，没有恢复。")


class OtherHistory(Refusal):
    """The leaves of a source do not follow ours."""

    message = N_(
        "来源的日志接不上本机的日志：补齐到 %(size)d 条后，树根与签名的检查点不同，没有恢复。"
        "请运行 lantai check 查明本机日志从哪一条开始不一致。"
    )


class SourceIncomplete(Refusal):
    """A source lacks leaves that its checkpoint speaks of."""

    message = N_("来源缺少第 %(index)d 条起的日志块，或者块已损坏，没有恢复。")


class EntryChanged(Fault):
    """An entry is not what was recorded, before any leaf stood for it."""

    message = N_(
        "第 %(entry)d 号操作记录在编入存证日志之前被改动或删除，没有继续编入。请由安全审计员查明原因。"
    )
