"""1-12 … 1-14: is the package built as it should be, and is it the one that was sent?"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND, of_package
from lantai.kit.fourprops.findings import Finding, Place
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Probe, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property


@check_of_package(
    code="1-12",
    property=Property.AUTHENTICITY,
    name=N_("说明文件和目录文件规范性检测"),
    needs={Need.PACKAGE},
    basis="DA/T 70—2018 1-12",
    parameters=(
        Parameter("description", ParameterKind.WORDS, N_("说明文件应有的项目"), []),
        Parameter(
            "layouts", ParameterKind.WORDS, N_("有说明文件的信息包种类"), ["transfer", "carrier", "bagit"]
        ),
    ),
)
def readme_and_catalogue(probe: Probe) -> Iterator[Finding]:
    """The readme names what the scheme asks for, and the catalogue file can be read."""
    has_readme = probe.package.kind in probe.params.words("layouts")
    description, wanted = probe.package.description, probe.params.words("description") if has_readme else ()
    if description is None and wanted:
        yield Finding(Outcome.NOT_RUN, N_("没有读取说明文件。"))
    for key in wanted if description is not None else ():
        if not (description or {}).get(key, "").strip():
            message = N_("说明文件缺少“%(key)s”。")
            yield Finding(Outcome.FAIL, message, {"key": key}, Place(field=key), remedy=RESEND)
    if probe.package.catalogue_problems is None and not has_readme:
        yield Finding(Outcome.NOT_APPLICABLE, N_("这种信息包没有目录文件。"))
    else:
        yield from of_package(probe.package.catalogue_problems, N_("没有检查目录文件。"))


@check_of_package(
    code="1-13",
    property=Property.AUTHENTICITY,
    name=N_("信息包目录结构规范性检测"),
    needs={Need.PACKAGE},
    basis="DA/T 70—2018 1-13",
)
def structure(probe: Probe) -> Iterator[Finding]:
    """The folders are laid out as the package format says."""
    yield from of_package(probe.package.structure_problems, N_("没有检查信息包的目录结构。"))


@check_of_package(
    code="1-14",
    property=Property.AUTHENTICITY,
    name=N_("信息包一致性检测"),
    needs={Need.PACKAGE},
    basis="DA/T 70—2018 1-14",
)
def sameness(probe: Probe) -> Iterator[Finding]:
    """What arrived is what the sender's manifest and the digest of the whole say."""
    package = probe.package
    declared, computed = (package.declared_digest or "").lower(), (package.digest or "").lower()
    if package.declared_digest is not None and package.digest is None:
        yield Finding(Outcome.NOT_RUN, N_("没有计算信息包的数字摘要。"))
    elif declared != computed and declared:
        evidence = f"{declared} ≠ {computed}"
        message = N_("信息包的数字摘要与发送方声明的不符。")
        yield Finding(Outcome.FAIL, message, evidence=evidence, remedy=RESEND)
    if package.manifest_problems is None and package.declared_digest is not None:
        return  # the digest of the whole has answered
    yield from of_package(package.manifest_problems, N_("没有可供比对的清单或数字摘要。"))
