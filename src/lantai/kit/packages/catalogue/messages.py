"""What each finding about a catalogue says: where it stands, what was read, what to do."""

from __future__ import annotations

from lantai.kit.errors import N_

MESSAGES = {
    "catalogue-none": N_(
        "没有找到目录：表格前 %(rows)d 行里没有同时含“档号”或“题名”的表头；请按官方模板填写后重新打包。"
    ),
    "catalogue-empty": N_("目录“%(place)s”只有表头，没有一条记录；请填写后重新打包。"),
    "catalogue-broken": N_("目录“%(place)s”没有读完：%(reason)s"),
    "sheet-skipped": N_("工作表“%(place)s”里没有认出表头，没有读取；如果它是目录，请按官方模板改好表头。"),
    "sheet-hidden": N_("工作表“%(place)s”是隐藏的，没有读取；如果它是目录，请取消隐藏，否则请删去。"),
    "row-example": N_("“%(place)s”所在的行是模板的样例，没有读取；正式提交前请删去。"),
    "row-hidden": N_("“%(place)s”所在的行是隐藏的，已照常读取；请确认它确实要移交，不移交的请删去整行。"),
    "column-hidden": N_("“%(place)s”所在的列“%(name)s”是隐藏的，已照常读取；请确认内容无误。"),
    "column-missing": N_("目录“%(place)s”没有“%(name)s”这一列；请补上。"),
    "column-unsure": N_("“%(place)s”这一列没有表头，按内容当作“%(name)s”读取；请补上表头。"),
    "cell-formula": N_("“%(place)s”的“%(name)s”是公式（当前结果“%(value)s”）；请复制后选择性粘贴为数值。"),
    "cell-merged": N_(
        "“%(place)s”起的单元格是合并的（%(span)s，值为“%(value)s”），不知道属于哪一条；请取消合并，逐行填写。"
    ),
    "cell-error": N_("“%(place)s”的“%(name)s”是错误值“%(value)s”；请改为实际的内容。"),
    "cell-long": N_(
        "“%(place)s”的“%(name)s”有 %(length)d 个字符，超过上限 %(most)d 个；请核对是否填错了列。"
    ),
    "cell-short": N_("“%(place)s”的“%(name)s”只有 %(length)d 个字符，至少应有 %(least)d 个；请补全。"),
    "cell-cut": N_("“%(place)s”的“%(name)s”过长，只读取了前 %(most)d 个字符；请缩短。"),
    "cell-empty": N_("“%(place)s”没有填“%(name)s”；这是必填项，请补上。"),
    "cell-date": N_(
        "“%(place)s”的“%(name)s”为“%(value)s”，没有这一天，或不是日期；"
        "请按年月日 8 位数字填写，如 20110305，不知道的月、日可以不写。"
    ),
    "cell-serial": N_(
        "“%(place)s”的“%(name)s”为“%(value)s”，像是日期丢了格式后的序号（相当于 %(day)s）；"
        "请核对后按 8 位数字填写。"
    ),
    "cell-became-date": N_(
        "“%(place)s”的“%(name)s”被表格软件当成了日期（%(value)s）；请把单元格设为文本格式后重新填写。"
    ),
    "cell-rounded": N_(
        "“%(place)s”的“%(name)s”为“%(value)s”，是被表格软件当成数字的结果，前导零或末尾几位可能已经丢失；"
        "请把整列设为文本格式，从原系统重新导出。"
    ),
    "cell-whole": N_("“%(place)s”的“%(name)s”为“%(value)s”，应为从 %(least)d 起的整数，不带单位；请改正。"),
    "cell-year": N_("“%(place)s”的“%(name)s”为“%(value)s”，应为四位数的年度，如 2011；请改正。"),
    "cell-word": N_("“%(place)s”的“%(name)s”为“%(value)s”，只能是：%(allowed)s；请改正。"),
    "cell-form": N_("“%(place)s”的“%(name)s”为“%(value)s”，不符合规定的写法（%(expected)s）；请改正。"),
    "code-invalid": N_("“%(place)s”的档号为“%(value)s”：%(reason)s"),
    "code-twice": N_("“%(place)s”的档号“%(value)s”与“%(other)s”重复；请核对，每件只能有一个档号。"),
    "code-gap": N_(
        "“%(place)s”的档号为“%(value)s”，前面缺 %(count)d 个件号（%(missing)s）；"
        "请补上缺少的件，确实没有的请在附注中说明。"
    ),
    "more-of-kind": N_(
        "与“%(place)s”同类的问题只列出前 %(most)d 处，另有 %(count)d 处没有逐一列出；请整列检查后重新提交。"
    ),
    "retention-unknown": N_(
        "“%(place)s”的保管期限为“%(value)s”，应为“永久”“30年”“10年”等，或代码 Y、D30、D10；请改正。"
    ),
    "retention-legacy": N_(
        "“%(place)s”的保管期限为“%(value)s”，是旧的期限，没有对应的年数，已照原样保留；请确认不需要重新划定。"
    ),
    "retention-differs": N_(
        "“%(place)s”的保管期限为“%(value)s”，与档号里的“%(in_code)s”不一致；请核对后改正其中一个。"
    ),
    "year-differs": N_(
        "“%(place)s”的年度为“%(value)s”，与档号里的“%(in_code)s”不一致；请核对后改正其中一个。"
    ),
    "classification-unknown": N_(
        "“%(place)s”的密级为“%(value)s”，应为公开、国内、内部、限制、秘密、机密、绝密之一，"
        "可加保密期限，如“机密★10年”；请改正。"
    ),
}
