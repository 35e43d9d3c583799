"""Running a scheme over a subject: items stream by once, whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import EnvironmentFacts, ItemFacts, PackageFacts, Subject
from lantai.kit.fourprops.findings import WHOLE, Finding, at
from lantai.kit.fourprops.registry import Check, Item, OfPackage, Probe, Series
from lantai.kit.fourprops.report import FailedItem, Report, Result
from lantai.kit.fourprops.scheme import Level, Scheme, Setting
from lantai.kit.fourprops.vocabulary import Need, Outcome, gravest
from lantai.kit.fourprops.worksheets import SIGNED_OFF, Sampler, Worksheet

MOST_FINDINGS = 200  # kept for each check; the failing items are all named in any case


@dataclass(slots=True)
class _Failing:
    reference_code: str
    codes: list[str]


@dataclass(slots=True)
class _Tally:
    """What one check said so far."""

    check: Check
    setting: Setting
    probe: Probe
    sampler: Sampler | None
    series: Series | None = None
    of_package: OfPackage | None = None
    passed: int = 0
    counts: Counter[Outcome] = field(default_factory=Counter)  # of all the others
    findings: list[Finding] = field(default_factory=list)
    left_out: int = 0

    @property
    def code(self) -> str:
        return f"{self.probe.stage.prefix}-{self.check.code}"

    # asked of every check at every item
    is_blocking: bool = field(init=False)
    draws_from_all: bool = field(init=False)  # every item may be drawn, and not only those that wait
    needs_metadata: bool = field(init=False)
    needs_files: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_blocking = self.setting.levels[self.probe.stage] is Level.BLOCK
        self.draws_from_all = self.sampler is not None and self.check.of_item is None
        self.needs_metadata = Need.METADATA in self.check.needs
        self.needs_files = Need.FILES in self.check.needs

    def draw(self, item: Item) -> None:
        """Let an item be drawn for the worksheet."""
        if self.sampler is not None:
            self.sampler.see(at(item.facts))

    def take(self, found: Iterable[Finding]) -> None:
        """Count one object: passed where nothing was found, else by the gravest finding."""
        outcomes = {self._keep(finding) for finding in found}
        if outcomes:
            self.counts[gravest(outcomes)] += 1
        else:
            self.passed += 1

    def take_each(self, found: Iterable[Finding]) -> None:
        """Count each finding of a series by itself."""
        for finding in found:
            self.counts[self._keep(finding)] += 1

    def _keep(self, finding: Finding) -> Outcome:
        if finding.outcome is Outcome.NOT_APPLICABLE and finding.place != WHOLE:
            return finding.outcome  # counted like a passing item
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.left_out += 1
        return finding.outcome

    def result(self) -> Result:
        check = self.check
        counts = self.counts + Counter({Outcome.PASS: self.passed})
        return Result(
            self.code,
            check.name,
            check.property,
            self.is_blocking,
            check.basis,
            self.setting.certainty,
            {outcome: counts[outcome] for outcome in Outcome if counts[outcome]},
            tuple(self.findings),
            self.left_out,
            self._worksheet(),
        )

    def _worksheet(self) -> Worksheet | None:
        """The sheet for whoever decides what this check left open."""
        form, sampler = self.check.worksheet, self.sampler
        if form is None or not (self.counts[Outcome.MANUAL] or self.counts[Outcome.NOT_RUN]):
            return None
        questions = (*form.questions, *SIGNED_OFF)
        if sampler is None:
            return Worksheet(form.task, form.look_at, questions)
        return Worksheet(
            form.task,
            form.look_at,
            questions,
            self.probe.environment.sample_seed,
            self.probe.params.count("sample_percent"),
            sampler.population,
            sampler.drawn(),
        )


def run(subject: Subject, scheme: Scheme) -> Report:
    """Make every check that `scheme` has for the stage of `subject`; passing items take no memory."""
    tallies = [_tally(check, setting, subject, scheme) for check, setting in scheme.checks_at(subject.stage)]
    per_item = [tally for tally in tallies if tally.check.of_item or tally.series or tally.draws_from_all]
    failing: dict[str, _Failing] = {}
    seen = 0
    for facts in subject.items:
        seen += 1
        _look_at(Item(facts, scheme.elements), per_item, failing)
    package = subject.afterwards() if subject.afterwards else subject.package
    for tally in tallies:
        _finish(tally, seen, package)
    return Report(
        subject.stage,
        scheme.slug,
        scheme.edition,
        subject.environment.checked_on.isoformat(),
        seen,
        tuple(tally.result() for tally in tallies),
        tuple(FailedItem(key, item.reference_code, tuple(item.codes)) for key, item in failing.items()),
    )


def _tally(check: Check, setting: Setting, subject: Subject, scheme: Scheme) -> _Tally:
    params = setting.at(subject.stage)
    probe = Probe(subject.stage, subject.package, subject.environment, scheme.elements, params)
    tally = _Tally(check, setting, probe, _sampler(check, probe))
    lacking = _what_is_lacking(check, probe)
    if lacking is not None:
        tally.take([lacking])
    elif check.of_series is not None:
        tally.series = check.of_series(probe)
    else:
        tally.of_package = check.of_package
    return tally


def _sampler(check: Check, probe: Probe) -> Sampler | None:
    """Who draws the items that a person looks at; None where the check asks nobody to."""
    if check.worksheet is None or not check.worksheet.is_sampled:
        return None
    seed = f"{probe.environment.sample_seed}:{check.code}"
    return Sampler(seed, probe.params.count("sample_percent"), probe.params.count("sample_least"))


def _look_at(item: Item, tallies: list[_Tally], failing: dict[str, _Failing]) -> None:
    for tally in tallies:
        if tally.draws_from_all:
            tally.draw(item)
            if tally.series is None:
                continue
        found = list(_found(item, tally))
        if not found:
            tally.passed += tally.series is None
            continue
        if not tally.draws_from_all and any(one.outcome is Outcome.MANUAL for one in found):
            tally.draw(item)
        if tally.series is not None:
            tally.take_each(found)
        else:
            tally.take(found)
        if tally.is_blocking and any(finding.outcome is Outcome.FAIL for finding in found):
            item_failing = failing.setdefault(item.facts.key, _Failing(item.facts.reference_code, []))
            item_failing.codes.append(tally.code)


def _found(item: Item, tally: _Tally) -> Iterable[Finding]:
    if tally.series is not None:
        return tally.series.see(item)
    if tally.needs_metadata and not item.facts.metadata:
        return [_not_applicable(item.facts, N_("没有元数据，无从检测本项。"))]
    if tally.needs_files and not item.facts.files:
        return [_not_applicable(item.facts, N_("没有内容文件，无从检测本项。"))]
    return tally.check.of_item(item, tally.probe) if tally.check.of_item else ()


def _finish(tally: _Tally, seen: int, package: PackageFacts) -> None:
    if tally.of_package is not None:
        tally.take(tally.of_package(replace(tally.probe, package=package)))
    if tally.series is None:
        return
    tally.take_each(tally.series.finish())
    if not tally.counts:
        tally.passed = max(seen, 1)


def _what_is_lacking(check: Check, probe: Probe) -> Finding | None:
    """The reason why a check cannot even start here, or None."""
    environment = probe.environment
    if Need.PACKAGE in check.needs and not probe.package.kind:
        return Finding(Outcome.NOT_APPLICABLE, N_("本次检测的对象不是信息包。"))
    if Need.CARRIER in check.needs and environment.carrier is None:
        return _no_carrier(environment)
    if Need.ANTIVIRUS in check.needs and environment.antivirus is None:
        remedy = N_("请用已更新病毒库的杀毒软件扫描后，把结果提供给系统再检测。")
        return Finding(Outcome.NOT_RUN, N_("没有可用的杀毒软件检测结果。"), remedy=remedy)
    if Need.DATABASE in check.needs and environment.database_reachable is None:
        return Finding(Outcome.NOT_RUN, N_("本次检测没有连接目标数据库。"))
    return None


def _no_carrier(environment: EnvironmentFacts) -> Finding:
    if environment.is_online:
        return Finding(Outcome.NOT_APPLICABLE, N_("在线传输，没有离线载体。"))
    remedy = N_("如为在线归档或移交，请注明；如有载体，请用读取设备检测。")
    return Finding(Outcome.NOT_RUN, N_("没有载体的检测数据。"), remedy=remedy)


def _not_applicable(item: ItemFacts, message: str) -> Finding:
    return Finding(Outcome.NOT_APPLICABLE, message, place=at(item))
