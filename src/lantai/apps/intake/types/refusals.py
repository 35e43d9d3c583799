"""Why something is not done, with what was kept and what to do next."""

from __future__ import annotations

from lantai.kit.errors import N_, Invalid, Refusal


class NothingToTransfer(Refusal):
    """The batch is not sealed, or was transferred before."""

    message = N_("信息包“%(title)s”不能移交：%(why)s。")


class CannotAccept(Refusal):
    """A transfer with items that fail a blocking check is returned, not accepted."""

    message = N_("移交批次“%(number)s”检测不合格（不合格 %(failed)d 件），不能接收。请退回并附不合格清单。")


class NoFonds(Invalid):
    """Without a fonds at an archives there is nowhere to transfer to."""

    message = N_("“%(agency)s”还没有在档案馆设立全宗，不能移交。请与档案馆联系设立全宗。")


class NotReplaceable(Invalid):
    """Only what was returned or withdrawn is replaced by a new transfer."""

    message = N_("只有本单位已退回或已撤回的移交批次才能由新的批次替代。")


class NoSuchFolder(Invalid):
    """The path of an offline carrier leads to no folder."""

    message = N_("“%(name)s”不是文件夹，没有收录任何内容。请给出载体的根目录。")


class NothingUploaded(Invalid):
    """The form came without a file."""

    message = N_("没有收到文件。请选择移交信息包（zip、tar 或 tar.gz）后再提交。")


class NoReceiptYet(Refusal):
    """The receipt is made when the acceptance stands in the log."""

    message = N_("回执还没有生成：移交批次“%(number)s”尚未完成接收。请稍后再来下载。")


class NotYetSequenced(Refusal):
    """The log is busy; the run is repeated later."""

    message = N_("接收已完成，但存证日志暂时没有编入这条记录，回执尚未生成。请稍后重新运行本任务。")


class NoAgreement(Refusal):
    """Where the rule asks for an agreement, nothing is handed over without one."""

    message = N_("“%(agency)s”与“%(archives)s”没有施行中的移交协议，不能移交。请先由双方确认移交协议。")


class KindNotAgreed(Refusal):
    """The agreement does not cover that kind of record."""

    message = N_(
        "移交协议“%(agreement)s”没有约定移交“%(kind)s”，没有收录任何内容。请与档案馆修订协议后再移交。"
    )


class KindsMissing(Invalid):
    """An agreement is about some kind of record."""

    message = N_("请至少约定一种档案。")


class MoreBytesThanAgreed(Refusal):
    """One transfer brings more data than was agreed."""

    message = N_(
        "本批数据量 %(found)s 字节，超过移交协议“%(agreement)s”约定的 %(most)s 字节，没有收录任何内容。"
        "请分成几批移交，或与档案馆修订协议。"
    )


class MoreItemsThanAgreed(Refusal):
    """One transfer brings more items than was agreed."""

    message = N_(
        "本批 %(found)s 件，超过移交协议“%(agreement)s”约定的 %(most)s 件，没有收录任何内容。"
        "请分成几批移交，或与档案馆修订协议。"
    )


class AgreementNotDraft(Refusal):
    """What a side has confirmed is not edited; it is sent back first, or a new version is drafted."""

    message = N_("移交协议“%(title)s”已由一方确认，不能修改。请先退回修改，或起草新的一版。")


class AgreementRunsBackwards(Invalid):
    """An agreement ends after it begins."""

    message = N_("终止日期 %(until)s 早于施行日期 %(since)s，请核对。")


class NotItsAgency(Invalid):
    """An agency agrees with the archives that takes its records."""

    message = N_("“%(agency)s”的档案不由“%(archives)s”接收，不能签订移交协议。")


class VersionUnderWay(Refusal):
    """One version after the other."""

    message = N_("移交协议“%(title)s”的新版正在商定，请先办完那一版。")


class AnnouncementTaken(Invalid):
    """An announcement speaks of one transfer that has not come yet."""

    message = N_("移交预告“%(number)s”已取消、已移交或不属于本单位，请选择另一份预告。")


class DayPassed(Invalid):
    """Nothing is planned for a day that is gone."""

    message = N_("日期 %(day)s 已经过去，请选择今天或以后的日期。")


class ExtensionNotLater(Invalid):
    """An extension is later than what it extends."""

    message = N_("延期后的日期 %(to)s 不晚于应移交日期 %(due)s。")


class AlreadySettled(Refusal):
    """The line of the calendar is done with."""

    message = N_("“%(title)s”已经完成或免予移交，不能再改。")


class NothingToAccept(Refusal):
    """Without an item that passes there is nothing to take in."""

    message = N_("移交批次“%(number)s”没有合格的件，不能部分接收。请整批退回。")


class NothingToReturn(Refusal):
    """Without an item that goes back there is nothing partial."""

    message = N_("移交批次“%(number)s”没有要退回的件，请整批接收。")


class PackageItselfFails(Refusal):
    """What is wrong with the package as a whole may be wrong with every item."""

    message = N_("移交批次“%(number)s”的信息包本身不合格（检测项 %(codes)s），不能部分接收。请整批退回。")


class ReasonForOverruling(Invalid):
    """Whoever takes items out of a package that failed as a whole says why."""

    message = N_("信息包还有整包的不合格项（%(codes)s），部分接收须写明理由。")


class RegisterNotIssued(Refusal):
    """The register is made when the acceptance is done."""

    message = N_("移交批次“%(number)s”的登记表还没有填制，请在接收完成后确认。")


class FindingsMissing(Invalid):
    """Each side says what it found, property by property."""

    message = N_("请填写全部检验内容后再确认登记表。")


class EntrySettled(Refusal):
    """The item was answered or given up already."""

    message = N_("退回的“%(code)s”已经补正或已不再移交，不能再改。")


class PackageNotYours(Refusal):
    """The annex is filled in before the package is transferred."""

    message = N_("信息包“%(title)s”已经移交，附表不能再改。如需更正，请由档案馆退回。")


class AnnexUnreadable(Invalid):
    """The annex sheet is not what it should be; nothing of it was taken."""

    message = N_("附表第 %(row)s 行“%(code)s”：%(why)s 其余各行也未写入，改正后可再次上传同一文件。")
