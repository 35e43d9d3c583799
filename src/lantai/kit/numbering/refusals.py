"""What can be wrong with a 档号, each by its own name; ``field`` says at which part."""

from __future__ import annotations

from lantai.kit.errors import N_, Invalid, Refusal


class ReferenceCodeInvalid(Invalid):
    """Any reason why a text is no 档号."""

    message = N_("“%(code)s”不是有效的档号。")


class WrongGroupCount(ReferenceCodeInvalid):
    """Too few or too many groups between the hyphens."""

    message = N_("档号应由%(expected)s组成，各段之间用“-”连接；现在有 %(found)d 段。")


class EmptyPart(ReferenceCodeInvalid):
    """Two separators stand side by side, or one stands at the end."""

    message = N_("档号第 %(position)d 段有空缺，请检查“-”和“·”的前后。")


class FondsPartInvalid(ReferenceCodeInvalid):
    """全宗号 is not one letter and three digits."""

    message = N_("全宗号“%(found)s”不对：应为 1 个大写字母加 3 位数字，例如 Z109。")


class CategoryPartInvalid(ReferenceCodeInvalid):
    """门类代码 is not two capital letters."""

    message = N_("门类代码“%(found)s”不对：应为 2 个大写字母，例如 WS。")


class SubclassPartInvalid(ReferenceCodeInvalid):
    """A second to fourth level code is not made of capitals and digits."""

    message = N_("类目代码“%(found)s”不对：应由大写字母和数字组成，最多到四级。")


class YearPartInvalid(ReferenceCodeInvalid):
    """年度 is not four digits."""

    message = N_("年度“%(found)s”不对：应为 4 位数字，例如 2019。")


class RetentionPartInvalid(ReferenceCodeInvalid):
    """保管期限 is neither Y nor D and a number of years."""

    message = N_("保管期限“%(found)s”不对：永久写 Y，定期写 D 加年数，例如 D30。")


class LegacyRetention(ReferenceCodeInvalid):
    """长期 or 短期, which no machine may turn into years."""

    message = N_("“%(found)s”是旧保管期限，没有对应的年数；请先由鉴定人员确定新的期限，再编档号。")


class ClassPartInvalid(ReferenceCodeInvalid):
    """机构(问题)代码 holds what would break the code apart."""

    message = N_("机构（问题）代码“%(found)s”不对：只能用汉字、大写字母和数字。")


class NumberPartInvalid(ReferenceCodeInvalid):
    """件号, 案卷号 or 页号 is not digits of the allowed width."""

    message = N_("%(name)s“%(found)s”不对：应为 %(least)d 至 %(most)d 位数字，从 1 起编。")


class CatalogueNumberInvalid(ReferenceCodeInvalid):
    """目录号 of the old form is not three digits."""

    message = N_("目录号“%(found)s”不对：应为 3 位数字，例如 001。")


class PartMissing(ReferenceCodeInvalid):
    """The rule asks for a part that was not given."""

    message = N_("编号规则要求填写%(name)s，现在是空的。")


class PartNotInRule(ReferenceCodeInvalid):
    """A part was given that the rule has no place for."""

    message = N_("编号规则里没有%(name)s，但填写了“%(found)s”；请改规则或去掉这一项。")


class RuleInvalid(Invalid):
    """The numbering rule itself cannot be used."""

    message = N_("编号规则不对：%(found)s 位的流水号不在 3 至 5 位之间。")


class NumbersExhausted(Refusal):
    """The running number would not fit its width any more."""

    message = N_(
        "“%(prefix)s”下的流水号只有 %(width)d 位，最大到 %(most)d，不够再编 %(count)d 个；请改用更宽的规则。"
    )
