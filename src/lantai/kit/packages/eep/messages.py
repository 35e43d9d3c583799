"""What each finding about a package of DA/T 48 says."""

from __future__ import annotations

from lantai.kit.errors import N_

MESSAGES = {
    "broken": N_("封装包“%(file)s”无法读取：%(reason)s"),
    "too-many": N_("封装包“%(file)s”的问题超过 %(most)d 处，其余没有列出。"),
    "namespace": N_(
        "封装包“%(file)s”第 %(line)d 行的“%(element)s”不在 DA/T 48 的命名空间里，"
        '请在根元素声明 xmlns="http://www.saac.gov.cn/standards/ERM/encapsulation"。'
    ),
    "element-unknown": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”里不应有“%(name)s”。"),
    "element-missing": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”里缺少“%(name)s”。"),
    "element-order": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”里“%(name)s”的次序不对，应在前面。"),
    "element-repeated": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”里“%(name)s”只能有一个。"),
    "text-stray": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”里不应直接写文字。"),
    "attribute-unknown": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”不应有属性“%(name)s”。"),
    "attribute-missing": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”缺少属性“%(name)s”。"),
    "value-empty": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”没有内容。"),
    "value-type": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”是“%(value)s”，不是 %(kind)s 类型的值。"),
    "value-listed": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”是“%(value)s”，只能是：%(values)s。"),
    "value-unusual": N_("封装包“%(file)s”第 %(line)d 行的“%(element)s”与标准给出的文字不同：“%(value)s”。"),
    "id-repeated": N_("封装包“%(file)s”第 %(line)d 行的标识符“%(value)s”与第 %(other)d 行的重复。"),
    "reference-lost": N_("封装包“%(file)s”第 %(line)d 行引用的标识符“%(value)s”不存在。"),
    "type-differs": N_("封装包“%(file)s”第 %(line)d 行的封装包类型是“%(value)s”，与类型描述不一致。"),
    "type-content": N_("封装包“%(file)s”第 %(line)d 行的封装包类型是“%(value)s”，里面却是“%(name)s”。"),
    "lock-alone": N_("封装包“%(file)s”第 %(line)d 行有锁定签名，却没有电子签名块。"),
    "agent-unknown": N_("封装包“%(file)s”第 %(line)d 行的机构人员标识符“%(value)s”不在机构人员实体块里。"),
    "record-differs": N_(
        "封装包“%(file)s”第 %(line)d 行业务实体的文件标识符“%(value)s”不是本文件的电子文件号“%(other)s”。"
    ),
    "main-missing": N_("封装包“%(file)s”第 %(line)d 行的组合文件应有而且只有一个主文档，现有 %(count)d 个。"),
    "data-empty": N_("封装包“%(file)s”第 %(line)d 行的编码数据是空的，也没有引用别的编码数据。"),
    "data-both": N_("封装包“%(file)s”第 %(line)d 行的编码数据既有内容又引用了别的编码数据。"),
    "data-broken": N_("封装包“%(file)s”第 %(line)d 行的编码数据不是完整的 Base64，文件“%(name)s”没有取出。"),
    "data-wanting": N_("封装包“%(file)s”第 %(line)d 行引用的编码数据没有取出内容，文件“%(name)s”缺失。"),
    "data-later": N_("封装包“%(file)s”第 %(line)d 行引用的编码数据“%(value)s”不在此前的封装层里。"),
    "name": N_("封装包“%(file)s”第 %(line)d 行的计算机文件名“%(value)s”有问题（%(reason)s），已另取名称。"),
    "size": N_("封装包“%(file)s”里“%(name)s”写明 %(value)s 字节，实际为 %(size)d 字节。"),
    "signature-time": N_("封装包“%(file)s”第 %(line)d 行的签名时间早于封装包创建时间。"),
    "not-expanded": N_("封装包“%(file)s”没有展开，其中的文件“%(name)s”没有取出。"),
    "link": N_("“%(name)s”是链接或特殊文件。"),
}
