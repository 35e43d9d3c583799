"""What each finding about an E-ARK package says; which requirement it breaks stands at its end."""

from __future__ import annotations

from lantai.kit.errors import N_

MESSAGES = {
    "no-mets": N_("“%(place)s”不存在：E-ARK 信息包和每个带结构文件的表示都要有 METS.xml（%(rule)s）。"),
    "broken": N_("“%(place)s”无法读取：%(reason)s（%(rule)s）"),
    "not-mets": N_("“%(place)s”的根元素是“%(value)s”，应为 mets（%(rule)s）。"),
    "element": N_("“%(place)s”的 %(holder)s 里没有 %(name)s（%(rule)s）。"),
    "too-many": N_("“%(place)s”的 %(holder)s 里有 %(count)d 个 %(name)s，只能有一个（%(rule)s）。"),
    "attribute": N_("“%(place)s”的 %(holder)s 没有属性 %(name)s，或属性没有值（%(rule)s）。"),
    "text": N_("“%(place)s”的 %(holder)s 没有填写内容（%(rule)s）。"),
    "value": N_("“%(place)s”的 %(holder)s 属性 %(name)s 的值“%(value)s”不在规定的取值之内（%(rule)s）。"),
    "fixed": N_("“%(place)s”的 %(holder)s 属性 %(name)s 的值是“%(value)s”，应为“%(expected)s”（%(rule)s）。"),
    "long": N_("“%(place)s”的 %(holder)s 属性 %(name)s 超过 256 个字符（%(rule)s）。"),
    "future": N_("“%(place)s”的 %(holder)s 属性 %(name)s 的时间“%(value)s”在将来（%(rule)s）。"),
    "time": N_("“%(place)s”的 %(holder)s 属性 %(name)s 的值“%(value)s”不是时间（%(rule)s）。"),
    "other-name": N_("“%(place)s”的 OBJID 是“%(value)s”，所在文件夹叫“%(expected)s”（%(rule)s）。"),
    "size": N_("“%(found)s”有 %(actual)d 字节，“%(place)s”写的是 %(value)s（%(rule)s）。"),
    "digest": N_("“%(found)s”与“%(place)s”所记的摘要不一致（%(rule)s）。"),
    "line-ends": N_(
        "“%(found)s”与“%(place)s”所记的摘要不一致：只是换行符变了，多半是按文本方式传输过；"
        "请按二进制方式重新传送（%(rule)s）。"
    ),
    "digest-unknown": N_("“%(found)s”的摘要算法是 %(value)s，本系统不能核对（%(rule)s）。"),
    "missing": N_("“%(place)s”提到的“%(found)s”不存在（%(rule)s）。"),
    "spelt": N_("“%(place)s”把“%(found)s”写成了“%(value)s”；请改成一致的大小写（%(rule)s）。"),
    "outside": N_("“%(place)s”提到的“%(found)s”不在信息包之内（%(rule)s）。"),
    "remote": N_("“%(place)s”指向包外的“%(value)s”；本系统不下载，请把文件放进信息包（%(rule)s）。"),
    "unknown-id": N_("“%(place)s”的 %(holder)s 提到 ID“%(value)s”，文件里没有（%(rule)s）。"),
    "id-left-out": N_("“%(place)s”的 %(holder)s 没有提到 ID“%(value)s”（%(rule)s）。"),
    "id-twice": N_("“%(place)s”里 ID“%(value)s”用了不止一次（%(rule)s）。"),
    "not-described": N_("“%(found)s”没有写进“%(place)s”（%(rule)s）。"),
    "no-files": N_("“%(place)s”有 %(name)s，但“%(expected)s”里没有文件（%(rule)s）。"),
    "no-folder": N_("信息包里没有文件夹“%(place)s”（%(rule)s）。"),
    "no-such-folder": N_("“%(place)s”的 fileGrp 用途是“%(value)s”，没有同名的文件夹（%(rule)s）。"),
    "loose-representation": N_(
        "“%(place)s”直接放在 representations 里，应放进各个表示自己的文件夹（%(rule)s）。"
    ),
    "link": N_("“%(place)s”是链接或特殊文件。"),
    "name": N_("“%(place)s”的名称有问题：%(reason)s。"),
}
