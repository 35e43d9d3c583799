"""What each finding about folders with a catalogue says."""

from __future__ import annotations

from lantai.kit.errors import N_
from lantai.kit.packages.catalogue.messages import MESSAGES as OF_CATALOGUE

MESSAGES = {
    **OF_CATALOGUE,
    "files-missing": N_(
        "“%(place)s”的“%(code)s”没有找到文件；"
        "请在“文件路径”列写明，或把文件放进以档号命名的文件夹，或让文件名以档号开头。"
    ),
    "folder-ambiguous": N_("“%(code)s”有不止一个同名的文件夹（%(folders)s），没有读取；请只留一个。"),
    "path-missing": N_("“%(place)s”写的文件“%(path)s”在包里没有；请补上文件，或改正路径。"),
    "path-ambiguous": N_(
        "“%(place)s”写的文件“%(path)s”在包里有 %(count)d 个，不知道是哪一个；请写明文件夹。"
    ),
    "path-outside": N_("“%(place)s”写的文件“%(path)s”指向包的外面，没有读取；请改为包内的相对路径。"),
    "file-claimed": N_("文件“%(path)s”被“%(place)s”和另一条记录同时引用；请核对，一个文件只能属于一件。"),
    "size-differs": N_("文件“%(path)s”有 %(actual)d 字节，“%(place)s”写的是 %(stated)s；请重新生成清单。"),
    "digest-unreadable": N_("“%(place)s”的摘要值“%(value)s”不是 MD5、SHA 或 SM3 摘要；请重新生成。"),
    "digest-unplaced": N_(
        "“%(place)s”有 %(count)d 个摘要值和 %(files)d 个文件，无法对应；请每个文件一个摘要值，或另附文件清单。"
    ),
    "digest-differs": N_(
        "文件“%(path)s”与“%(place)s”写的 %(algorithm)s 摘要不一致，内容已经改变；请重新提交。"
    ),
    "digest-weak": N_(
        "目录里有 %(count)d 个文件只给了 %(algorithm)s 摘要，它只能发现意外损坏，不能防止伪造；"
        "下次请改用 SM3 或 SHA-256。"
    ),
    "list-code-empty": N_("“%(place)s”没有填档号，不知道文件“%(path)s”属于哪一件；请补上。"),
    "list-code-unknown": N_("“%(place)s”的档号“%(code)s”不在目录里；请改正文件清单或补充目录。"),
    "link": N_("“%(path)s”是链接或特殊文件，没有读取；请换成普通文件。"),
    "name": N_("“%(path)s”的文件名有问题：%(reason)s。"),
}
