"""What each finding about a bag says."""

from __future__ import annotations

from lantai.kit.errors import N_

MESSAGES = {
    "declaration": N_("bagit.txt 缺失或写法不对：%(found)s"),
    "version": N_("不认识的 BagIt 版本“%(found)s”。"),
    "encoding": N_("“%(place)s”不是声明的编码 %(found)s。"),
    "no-payload": N_("缺少 data 文件夹。"),
    "no-manifest": N_("没有任何内容清单（manifest-算法.txt）。"),
    "algorithm": N_("清单“%(place)s”使用了不认识的摘要算法“%(found)s”。"),
    "line": N_("“%(place)s”第 %(line)d 行写法不对。"),
    "outside": N_("“%(place)s”第 %(line)d 行的路径“%(found)s”不在包内应在的位置。"),
    "listed-twice": N_("“%(place)s”第 %(line)d 行把“%(found)s”又列了一次。"),
    "unlisted": N_("文件“%(found)s”没有列入“%(place)s”。"),
    "missing": N_("“%(place)s”第 %(line)d 行列出的文件“%(found)s”不存在。"),
    "to-fetch": N_("文件“%(found)s”要到别处下载；本系统不下载，请移交单位补齐。"),
    "fetch": N_("fetch.txt 第 %(line)d 行写法不对，或路径“%(found)s”没有列入清单。"),
    "digest": N_("文件“%(found)s”与“%(place)s”第 %(line)d 行所记的摘要不一致。"),
    "oxum": N_("Payload-Oxum 为 %(found)s，实际为 %(actual)s。"),
    "info": N_("“%(place)s”第 %(line)d 行不是“标签: 值”的形式。"),
    "link": N_("“%(found)s”是链接或特殊文件。"),
    "odd-line": N_("“%(place)s”第 %(line)d 行的路径写法不规范（%(found)s），已按通常含义理解。"),
    "same-name": N_(
        "“%(found)s”与“%(other)s”只有大小写、全半角或 Unicode 写法之别，换一个系统就会互相覆盖。"
    ),
    "written-otherwise": N_("“%(place)s”列出的“%(found)s”在盘上写作“%(other)s”。"),
    "system-file": N_("“%(found)s”是操作系统留下的文件，不像档案内容。"),
}
