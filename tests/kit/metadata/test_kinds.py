"""The kinds that come with the product ask for what practice asks for."""

from __future__ import annotations

import pytest

from lantai.kit.metadata import kinds
from lantai.kit.metadata.fields import FieldType

# Category by category what a description holds beyond code, title, author, date and pages, as labels say it.
LIVELIHOOD = {
    "marriage": "登记类型 男方姓名 男方证件号 男方出生 女方姓名 女方证件号 女方出生 登记日期 证号 登记机关 原婚姻",
    "adoption": "收养人 被收养人 送养人 登记日期 证号",
    "only-child": "父姓名 父证件号 母姓名 母证件号 子女姓名 性别 出生 光荣证号 发证日期 发证机关",
    "second-child": "夫姓名 妻姓名 批准文号 孩次 日期",
    "educated-youth": "姓名 性别 出生 原籍或学校 下乡时间 下乡地点 类型 返城或招工时间 去向",
    "staff-reduction": "姓名 原单位 参加工作 精减时间 安置地 救济类型",
    "school-roll": "姓名 性别 出生 学校 专业 班 入学 毕业 录取批次 考号 证书号",
    "birth-certificate": "新生儿姓名 性别 出生时间 父亲姓名 父亲证件号 母亲姓名 母亲证件号 证编号 签发机构 签发日期",
    "model-worker": "姓名 单位 称号 级别 授予机关 文号 时间",
    "resettlement": "户主 家庭人口 原住地 安置地 工程 补偿 时间",
    "forest-right": "权利人 坐落 小班 宗地号 面积 四至 林种 证号 发证日",
    "land-contract": "承包方代表 身份证 地块编码 名称 面积 四至 合同 权证号 承包",
    "real-estate": "权利人 坐落 面积 权证号 登记类型 日期",
    "veteran": "姓名 入伍 退役 部队 安置单位 优抚类别 证号",
    "recruitment": "姓名 性别 出生 单位 招工文号 时间 工种 工资级别",
    "work-injury": "姓名 证件号 单位 事故日期 认定书号 结论 等级",
    "retirement": "姓名 单位 参加工作 退休时间 批准文号",
    "social-insurance": "姓名 社保号 单位 缴费起始 缴费终止 业务类型",
    "minimum-living": "户主 家庭人口 批准时间 金额 起始 终止",
    "notary": "当事人 公证事项 公证书号 公证员 出证日期",
    "litigation": "案号 原告 被告 案由 结案日期",
    "professional-title": "姓名 系列 级别 评审委员会 批准文号 日期",
    "cadre-appointment": "姓名 职务 文号 日期",
    "household-migration": "姓名 户主 原地址 现地址 迁移原因 日期",
    "enterprise-reform": "姓名 企业 工龄 安置方式 补偿 日期",
    "medical-record": "姓名 证件号 病案号 就诊 接种",
}


def test_there_are_the_26_kinds_of_records_of_peoples_lives():
    assert len(LIVELIHOOD) == 26 and LIVELIHOOD.keys() <= kinds.shipped().keys()


@pytest.mark.parametrize("slug", LIVELIHOOD)
def test_a_kind_of_records_of_peoples_lives_asks_for_all_that_is_usual(slug):
    labels = [field.label for field in kinds.fields_of(slug) if not field.column]
    missing = [word for word in LIVELIHOOD[slug].split() if not any(word in label for label in labels)]
    assert missing == []


def test_numbers_and_names_of_persons_are_private_and_numbers_never_searched():
    for slug in LIVELIHOOD:
        for field in kinds.fields_of(slug):
            if field.column:
                continue
            if "证件号" in field.label or "身份证" in field.label:
                assert field.type is FieldType.IDENTITY_NUMBER and field.weight == 0, (slug, field.label)
            if field.type in {FieldType.PERSON, FieldType.IDENTITY_NUMBER}:
                assert field.is_private, (slug, field.label)
