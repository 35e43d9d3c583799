"""1-1-2 and 1-1-3: signatures, seals and time stamps in files, around items and around the package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lantai.kit.crypto.signatures import SignatureFound, SignatureKind, SignatureState
from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import RESEND
from lantai.kit.fourprops.facts import ItemFacts
from lantai.kit.fourprops.findings import WHOLE, Finding, Place, at
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property

_KIND_LABELS = {
    SignatureKind.SIGNATURE: N_("电子签名"),
    SignatureKind.SEAL: N_("电子印章"),
    SignatureKind.TIMESTAMP: N_("时间戳"),
}
_UNVERIFIED = Parameter(
    "unverified",
    ParameterKind.WORD,
    N_("内容未改而证书无法核验时：not_run 等待核验，warn 只提示，fail 不通过"),
    Outcome.NOT_RUN.value,
    choices=(Outcome.NOT_RUN.value, Outcome.WARN.value, Outcome.FAIL.value),
)
_REQUIRED = Parameter(
    "required",
    ParameterKind.WORDS,
    N_("必须具备的种类：signature 电子签名、seal 电子印章、timestamp 时间戳"),
    [],
    choices=tuple(kind.value for kind in SignatureKind),
)


@check(
    code="1-1-2",
    property=Property.AUTHENTICITY,
    name=N_("固化信息有效性检测：电子签名、电子印章、时间戳"),
    needs={Need.FILES, Need.SIGNATURES},
    basis="DA/T 70—2018 1-1",
    parameters=(_REQUIRED, _UNVERIFIED),
)
def signatures(item: Item, probe: Probe) -> Iterator[Finding]:
    """Signatures that are carried were verified; a certificate nobody could judge stays open."""
    signed = _all_of(item.facts)
    yield from _judged(item.facts.signatures or (), at(item.facts), probe)
    for file in item.facts.files:
        place = at(item.facts, file)
        if file.signatures is None:
            yield Finding(Outcome.NOT_RUN, N_("没有检验文件中的电子签名。"), place=place)
        elif not file.signatures and not signed:
            yield Finding(Outcome.NOT_APPLICABLE, N_("文件没有电子签名。"), place=place)
        else:
            yield from _judged(file.signatures, place, probe)
    yield from _lacking(signed, probe, at(item.facts))


@check_of_package(
    code="1-1-3",
    property=Property.AUTHENTICITY,
    name=N_("固化信息有效性检测：信息包的电子签名"),
    needs={Need.PACKAGE, Need.SIGNATURES},
    basis="DA/T 70—2018 1-1；DA/T 48—2009",
    parameters=(_REQUIRED, _UNVERIFIED),
)
def package_signatures(probe: Probe) -> Iterator[Finding]:
    """A package that is signed as a whole was verified; whether it must be is for the scheme to say."""
    found = probe.package.signatures
    yield from _judged(found or (), WHOLE, probe)
    lacking = list(_lacking(found or (), probe, WHOLE))
    yield from lacking
    if not found and not lacking:
        yield Finding(Outcome.NOT_APPLICABLE, N_("信息包没有整体的电子签名。"))


def _all_of(item: ItemFacts) -> tuple[SignatureFound, ...]:
    inside = (signature for file in item.files for signature in file.signatures or ())
    return (*(item.signatures or ()), *inside)


def _judged(signatures: Iterable[SignatureFound], place: Place, probe: Probe) -> Iterator[Finding]:
    for signature in signatures:
        params = {**signature.params, "name": signature.name, "signer": signature.signer}
        if signature.state is SignatureState.INVALID:
            message = signature.message or N_("“%(name)s”验证不通过：内容在签署之后被改动，或签名无效。")
            yield Finding(Outcome.FAIL, message, params, place, _evidence(signature), RESEND)
        elif signature.state is SignatureState.UNVERIFIED:
            message = N_("“%(name)s”的内容未被改动，但签署证书（%(signer)s）无法核验。")
            remedy = N_("请提供证书颁发机构的根证书和吊销列表后重新检测，或由人工确认。")
            outcome = Outcome(probe.params.word("unverified"))
            yield Finding(outcome, message, params, place, _evidence(signature), remedy)


def _evidence(signature: SignatureFound) -> str:
    when = signature.signed_at.isoformat() if signature.signed_at else ""
    return " · ".join(word for word in (signature.name, signature.signer, when, signature.algorithm) if word)


def _lacking(found: Iterable[SignatureFound], probe: Probe, place: Place) -> Iterator[Finding]:
    here = {signature.kind for signature in found}
    for word in probe.params.words("required"):
        kind = SignatureKind(word)
        if kind not in here:
            remedy = N_("请签署后重新提交。")
            message = N_("没有方案要求的%(kind)s。")
            yield Finding(Outcome.FAIL, message, {"kind": _KIND_LABELS[kind]}, place, remedy=remedy)
