"""What each finding about a transfer package says."""

from __future__ import annotations

from lantai.kit.errors import N_
from lantai.kit.packages import listed

MESSAGES = {
    **listed.MESSAGES,
    "count-differs": N_("说明文件写明 %(found)s 件，目录文件有 %(actual)d 件。"),
    "range-differs": N_("说明文件写明的起止档号“%(found)s”与目录首末档号“%(actual)s”不一致。"),
    "folder-missing": N_("档号“%(found)s”没有同名的文件夹。"),
    "folder-twice": N_("档号“%(found)s”有不止一个同名文件夹：%(place)s。"),
    "file-unlisted": N_("文件“%(found)s”不在任何已列入目录的档号文件夹里。"),
    "metadata-missing": N_("档号“%(found)s”的文件夹里没有元数据 XML。"),
    "metadata-twice": N_("档号“%(found)s”的文件夹里有不止一个元数据 XML，只读取第一个。"),
    "metadata-broken": N_("元数据“%(place)s”无法读取：%(reason)s"),
    "metadata-differs": N_("元数据“%(place)s”里的档号“%(name)s”与目录不一致。"),
    "content-missing": N_("档号“%(found)s”的文件夹里没有内容文件。"),
    "manifest-line": N_("“%(place)s”第 %(line)d 行写法不对。"),
    "manifest-twice": N_("“%(place)s”第 %(line)d 行把“%(found)s”又列了一次。"),
    "manifest-missing": N_("“%(place)s”第 %(line)d 行列出的文件“%(found)s”不存在。"),
    "manifest-unlisted": N_("文件“%(found)s”没有列入“%(place)s”。"),
    "digest": N_("文件“%(found)s”与“%(place)s”第 %(line)d 行所记的摘要不一致。"),
}
