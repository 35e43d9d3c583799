"""What each finding about a carrier says."""

from __future__ import annotations

from lantai.kit.errors import N_
from lantai.kit.packages import listed
from lantai.kit.packages.transfer.messages import MESSAGES as TRANSFER

_SHARED = (
    "metadata-broken",
    "metadata-differs",
    "manifest-line",
    "manifest-twice",
    "manifest-missing",
    "manifest-unlisted",
    "digest",
)

MESSAGES = {
    **listed.MESSAGES,
    **{code: TRANSFER[code] for code in _SHARED},
    "content-folder": N_("缺少“电子档案”文件夹。"),
    "file-missing": N_("“文件目录.XML”列出的电子档案“%(name)s”（档号“%(code)s”）不在载体里。"),
    "file-ambiguous": N_(
        "“文件目录.XML”列出的电子档案“%(name)s”（档号“%(code)s”）在载体里有 %(count)d 个同名文件，不知道是哪一个。"
    ),
    "file-twice": N_("文件“%(name)s”被不止一件档案列出，档号“%(code)s”也列了它。"),
    "file-unlisted": N_("文件“%(found)s”没有列入“文件目录.XML”。"),
    "metadata-missing": N_("档号“%(code)s”的电子档案旁边没有元数据 XML。"),
    "volume-missing": N_("档号“%(code)s”不属于“案卷目录.XML”里的任何案卷。"),
}
