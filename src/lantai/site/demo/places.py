"""The made-up region as data. Every name is invented; every account and record says 样例."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation: ``above`` is its parent's code, ``archives`` where an agency transfers to."""

    code: str
    name: str
    kind: str
    above: str = ""
    archives: str = ""
    fonds: str = ""
    slug: str = ""


PLACES = (
    Place("JH", "嘉禾地区（样例）", "region", slug="region"),
    Place("JHJ", "嘉禾地区档案局", "bureau", "JH", slug="bureau"),
    Place("JHG", "嘉禾地区档案馆", "archives", "JHJ", slug="diqu"),
    Place("JH01", "嘉禾地区水务局", "agency", "JHJ", "JHG", "J101", "shuiwu"),
    Place("JH02", "嘉禾地区教育局", "agency", "JHJ", "JHG", "J102", "jiaoyu"),
    Place("JHSJ", "嘉禾市档案局", "bureau", "JHJ", slug="shiju"),
    Place("JHSG", "嘉禾市档案馆", "archives", "JHSJ", slug="shiguan"),
    Place("JHS01", "嘉禾市民政局", "agency", "JHSJ", "JHSG", "Z109", "minzheng"),
    Place("JHS02", "嘉禾市自然资源局", "agency", "JHSJ", "JHSG", "Z110", "ziran"),
    Place("JHS03", "嘉禾市人力资源和社会保障局", "agency", "JHSJ", "JHSG", "Z111", "renshe"),
    Place("HXG", "禾西县档案馆", "archives", "JHSJ", slug="xianguan"),
    Place("HX01", "禾西县民政局", "agency", "JHSJ", "HXG", "X201", "ximinzheng"),
    Place("HX02", "禾西县农业农村局", "agency", "JHSJ", "HXG", "X202", "xinongye"),
    Place("HX03", "禾西县住房和城乡建设局", "agency", "JHSJ", "HXG", "X203", "xizhujian"),
)

CLASSES = (("BGS", "办公室"), ("YWK", "业务科"), ("RSK", "人事科"), ("CWK", "财务科"))

SCHEDULE = (
    ("1", "本单位制定的规范性文件、重要业务工作的决定和批复", "Y"),
    ("2", "年度工作计划、总结、统计报表", "Y"),
    ("3", "一般业务工作的通知、函及有关材料", "D30"),
    ("4", "上级机关一般性文件、事务性材料", "D10"),
    ("5", "婚姻登记、知青安置等民生登记材料", "Y"),
)

BY_KIND = {
    "agency": ("agency_clerk", "agency_lead"),
    "archives": ("archivist", "cataloguer", "reading_clerk", "approver", "archives_head"),
    "bureau": ("supervisor",),
}

OFFICERS = ("system_officer", "security_officer", "audit_officer")
