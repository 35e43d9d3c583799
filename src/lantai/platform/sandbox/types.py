"""What a confined call may answer with, and how it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lantai.kit.errors import N_, Fault, Refusal

Plain = None | bool | int | float | str | bytes | Sequence["Plain"] | Mapping[str, "Plain"]


# What may run in the sandbox: the kit, and the probe that tries to get out.
TARGETS = ("lantai.kit.", "lantai.platform.sandbox.probe:")


class SandboxUnavailable(Refusal):
    """No confinement works on this machine, so nothing from outside is parsed on it."""

    message = N_(
        "这台服务器不能隔离解析外来文件，因此没有解析。文件已原样保留。请安装 bubblewrap 并允许用户命名空间，"
        "或启用内核的 Landlock 与 seccomp。原因：%(reason)s"
    )


class InputUnreadable(Refusal):
    """The file handed to the sandbox could not be opened by us."""

    message = N_("打不开文件“%(name)s”，没有解析。请检查文件是否还在、是否可读。")


class ParseRefused(Refusal):
    """The parser said no, in its own words; ``kind`` is the name of its refusal class."""

    def __init__(self, message: str = "", kind: str = "", /, **params: object) -> None:
        super().__init__(message, **params)
        self.kind = kind


class Killed(StrEnum):
    """Why a confined call was ended."""

    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"
    GARBLED = "garbled"


KILLED_MESSAGES: dict[Killed, str] = {
    Killed.TIMEOUT: N_("解析文件超过 %(limit)s 秒，已中止。文件已原样保留，请人工检查。"),
    Killed.MEMORY: N_("解析文件需要的内存超过 %(limit)s MB，已中止。文件已原样保留，请人工检查。"),
    Killed.OUTPUT: N_("解析文件产生的内容超过 %(limit)s MB，已中止。文件已原样保留，请人工检查。"),
    Killed.CRASH: N_("解析程序被这个文件弄崩溃，已中止。文件已原样保留，请人工检查。"),
    Killed.GARBLED: N_("解析程序的回答读不懂，已中止。文件已原样保留，请人工检查。"),
}


class ParseKilled(Refusal):
    """The call was ended from outside: too slow, too big, or the process died; ``reason`` says which."""

    def __init__(self, reason: Killed, *, limit: float = 0) -> None:
        super().__init__(KILLED_MESSAGES[reason], limit=f"{limit:g}")
        self.reason = reason


class ParseFailed(Fault):
    """The parser raised something nobody foresaw: a defect of ours, with its traceback in ``params``."""

    message = N_("解析程序出现未预料的错误 %(error)s，文件已原样保留。请把任务编号告诉管理员。")


class TargetNotAllowed(Fault):
    """Only functions of the kit may be called in the sandbox."""

    message = N_("沙箱只能调用 lantai.kit 中的函数，不能调用 %(target)s。")


class ProgramUnavailable(Refusal):
    """An external program is not installed here."""

    message = N_("这台服务器没有安装 %(program)s，没有用它检查。文件已原样保留。")


class ProgramNotConfined(ProgramUnavailable):
    """Nothing on this machine confines an external program, so none is started."""

    message = N_("这台服务器不能隔离外部程序 %(program)s，没有运行它。文件已原样保留。原因：%(reason)s")


@dataclass(frozen=True, slots=True)
class Said:
    """What an external program answered: its exit code, its output, and the beginning of its complaints."""

    exit_code: int
    output: bytes
    complaints: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use: seconds of wall clock and of processor, MiB of memory, MiB of output."""

    timeout_s: float = 30
    memory_mb: int = 1024
    output_mb: int = 64


def killed(reason: Killed, limits: Limits) -> ParseKilled:
    """The refusal for a call that was ended, with the limit that it met."""
    limit = {
        Killed.TIMEOUT: limits.timeout_s,
        Killed.MEMORY: limits.memory_mb,
        Killed.OUTPUT: limits.output_mb,
    }
    return ParseKilled(reason, limit=limit.get(reason, 0))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer of a batch: the result, or the refusal that took its place."""

    index: int
    result: Plain = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Confinement:
    """Which walls a worker has: bubblewrap namespaces, Landlock file rules; seccomp is always there."""

    bubblewrap: bool
    landlock: bool

    @property
    def slug(self) -> str:
        """For logs and the diagnosis page: ``bubblewrap+landlock``, ``bubblewrap`` or ``landlock``."""
        return "+".join(n for n, on in (("bubblewrap", self.bubblewrap), ("landlock", self.landlock)) if on)
