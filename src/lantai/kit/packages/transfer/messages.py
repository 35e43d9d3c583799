"""What each finding about a transfer package says."""

from __future__ import annotations

from lantai.kit.errors import N_

MESSAGES = {
    "description-missing": N_("缺少“说明文件.TXT”。"),
    "description-key": N_("“说明文件.TXT”里没有写“%(found)s”。"),
    "description-twice": N_("“说明文件.TXT”里“%(found)s”写了两次，以第一次为准。"),
    "description-line": N_("“说明文件.TXT”第 %(line)d 行不是“键: 值”的形式。"),
    "description-size": N_("“说明文件.TXT”过大，只应是简短的文字说明。"),
    "catalogue-missing": N_("缺少“目录文件.XML”。"),
    "catalogue-broken": N_("“目录文件.XML”无法读取：%(reason)s"),
    "catalogue-root": N_("“目录文件.XML”的根元素是“%(found)s”，应为“文件目录”。"),
    "catalogue-element": N_("“目录文件.XML”第 %(line)d 条里有不认识的元素“%(found)s”。"),
    "row-incomplete": N_("“目录文件.XML”第 %(line)d 条没有填“%(found)s”。"),
    "row-twice": N_("“目录文件.XML”第 %(line)d 条的档号“%(found)s”已经出现过。"),
    "row-sequence": N_("“目录文件.XML”第 %(line)d 条的顺序号是“%(found)s”，不是连续编号。"),
    "count-differs": N_("说明文件写明 %(found)s 件，目录文件有 %(actual)d 件。"),
    "range-differs": N_("说明文件写明的起止档号“%(found)s”与目录首末档号“%(actual)s”不一致。"),
    "folder-missing": N_("档号“%(found)s”没有同名的文件夹。"),
    "folder-twice": N_("档号“%(found)s”有不止一个同名文件夹：%(place)s。"),
    "file-unlisted": N_("文件“%(found)s”不在任何已列入目录的档号文件夹里。"),
    "metadata-missing": N_("档号“%(found)s”的文件夹里没有元数据 XML。"),
    "metadata-twice": N_("档号“%(found)s”的文件夹里有不止一个元数据 XML，只读取第一个。"),
    "metadata-broken": N_("元数据“%(place)s”无法读取：%(reason)s"),
    "metadata-differs": N_("元数据“%(place)s”里的档号“%(found)s”与文件夹不一致。"),
    "content-missing": N_("档号“%(found)s”的文件夹里没有内容文件。"),
    "encoding": N_("“%(place)s”的编码不是 UTF-8、GB18030 或 GB2312。"),
    "link": N_("“%(found)s”是链接或特殊文件。"),
    "name": N_("“%(found)s”的文件名有问题：%(reason)s。"),
    "same-name": N_("“%(found)s”与“%(other)s”只有大小写、全半角或 Unicode 写法之别。"),
    "manifest-line": N_("“%(place)s”第 %(line)d 行写法不对。"),
    "manifest-twice": N_("“%(place)s”第 %(line)d 行把“%(found)s”又列了一次。"),
    "manifest-missing": N_("“%(place)s”列出的文件“%(found)s”不存在。"),
    "manifest-unlisted": N_("文件“%(found)s”没有列入“%(place)s”。"),
    "digest": N_("文件“%(found)s”与“%(place)s”所记的摘要不一致。"),
}
