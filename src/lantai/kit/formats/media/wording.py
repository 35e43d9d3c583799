"""What all readers of sound and film have to say alike."""

from __future__ import annotations

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

CUT = N_("录音录像文件缺少末尾的 %(bytes)s 字节，不完整。请重新导出。")
CUT_SOMEWHERE = Remark("truncated", N_("录音录像文件没有完整的结尾，很可能没有传完。请重新导出。"))
NO_INDEX = Remark("truncated", N_("录像文件缺少索引，很可能没有录完或没有传完。请重新导出。"))
NOTHING_IN_IT = Remark("broken", N_("文件里没有找到声音或画面。请重新导出。"))
SHORTER = N_("文件写明时长 %(stated)s 毫秒，实际只有 %(found)s 毫秒，不完整。请重新导出。")
LOCKED = Remark("encrypted", N_("录音录像设有数字版权保护，不能播放。请提交未加密的文件。"))


def cut_by(puid: str, facts: dict[str, Fact], missing_bytes: int) -> Examination:
    """A file that lacks so many bytes at its end."""
    return Examination(puid, State.TRUNCATED, facts, (Remark("truncated", CUT, {"bytes": missing_bytes}),))


def shorter(puid: str, facts: dict[str, Fact], *, stated_ms: int, found_ms: int) -> Examination:
    """A file that ends long before the duration it states."""
    problem = Remark("truncated", SHORTER, {"stated": stated_ms, "found": found_ms})
    return Examination(puid, State.TRUNCATED, facts, (problem,))


def is_much_shorter(found_ms: int, stated_ms: int) -> bool:
    """Whether more is missing than rounding and a last packet explain: a second and a fiftieth of the whole."""
    return stated_ms - found_ms > 1000 + stated_ms // 50
