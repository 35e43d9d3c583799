"""The words of the compositions as messages: what is shown is looked up under them."""

from __future__ import annotations

from lantai.kit.errors import N_

WORDS = (
    N_("利用件"),
    N_("时长"),
    N_("文字稿"),
    N_("整理人"),
    N_("分段"),
    N_("原始录音"),
    N_("组说明"),
    N_("照片"),
    N_("文字说明"),
    N_("摄影者"),
    N_("摄影时间"),
    N_("申请材料"),
    N_("材料名称"),
    N_("形成日期"),
    N_("来源"),
    N_("受理文书"),
    N_("审查材料"),
    N_("决定文书"),
    N_("送达凭证"),
    N_("原始录像"),
    N_("记账凭证"),
    N_("账簿"),
    N_("财务报告"),
    N_("其他会计资料"),
    N_("发票"),
    N_("发票号码"),
    N_("价税合计"),
    N_("开票日期"),
    N_("原始凭证"),
    N_("单据号码"),
    N_("金额"),
    N_("开具日期"),
    N_("附件"),
    N_("内容"),
)
