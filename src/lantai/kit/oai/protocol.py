"""Requests of OAI-PMH 2.0: six verbs, their arguments, and the errors that the protocol names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from lantai.kit.errors import N_, LantaiError


class Code(StrEnum):
    """Errors of the protocol, §3.6."""

    BAD_ARGUMENT = "badArgument"
    BAD_TOKEN = "badResumptionToken"
    BAD_VERB = "badVerb"
    NO_FORMAT = "cannotDisseminateFormat"
    NO_ID = "idDoesNotExist"
    NO_RECORDS = "noRecordsMatch"
    NO_FORMATS = "noMetadataFormats"
    NO_SETS = "noSetHierarchy"


class OaiError(LantaiError):
    """What is answered instead of records; ``code`` is the protocol's, the text is for people (in English)."""

    message = N_("对方的请求不合 OAI-PMH 协议：%(why)s")

    def __init__(self, code: Code, why: str) -> None:
        super().__init__(why=why)
        self.code, self.why = code, why


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb must and may be given; ``resumable``: also a token alone."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    resumable: bool = False


_LISTED = Verb(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), True)
VERBS: dict[str, Verb] = {
    "Identify": Verb(),
    "ListMetadataFormats": Verb(optional=frozenset({"identifier"})),
    "ListSets": Verb(resumable=True),
    "ListIdentifiers": _LISTED,
    "ListRecords": _LISTED,
    "GetRecord": Verb(frozenset({"identifier", "metadataPrefix"})),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*", re.ASCII)
_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is in order; ``until`` is the first instant that is no longer asked for."""

    verb: str
    arguments: dict[str, str] = field(default_factory=dict)
    start: datetime | None = None
    until: datetime | None = None

    def said(self, name: str) -> str:
        """An argument, "" where it was not given."""
        return self.arguments.get(name, "")


def read_request(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The request that these arguments make; raises ``OaiError``."""
    given = list(pairs)
    verbs = [value for name, value in given if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiError(Code.BAD_VERB, "the verb is missing, repeated or none of the six")
    arguments: dict[str, str] = {}
    for name, value in given:
        if name != "verb" and name in arguments:
            raise OaiError(Code.BAD_ARGUMENT, "an argument is repeated")
        if _XML.search(value) or not value:
            raise OaiError(Code.BAD_ARGUMENT, "an argument is empty or has characters that XML lacks")
        arguments |= {name: value} if name != "verb" else {}
    _check(VERBS[verbs[0]], arguments)
    return Asked(verbs[0], arguments, *_between(arguments))


def _check(verb: Verb, arguments: dict[str, str]) -> None:
    names = frozenset(arguments)
    if verb.resumable and "resumptionToken" in names:
        if len(names) > 1:
            raise OaiError(Code.BAD_ARGUMENT, "a resumptionToken goes alone")
        return
    if unknown := names - verb.required - verb.optional:
        raise OaiError(Code.BAD_ARGUMENT, f"not an argument of this verb: {min(unknown)[:40]}")
    if missing := verb.required - names:
        raise OaiError(Code.BAD_ARGUMENT, f"missing: {min(missing)}")
    if "set" in names and not _SET.fullmatch(arguments["set"]):
        raise OaiError(Code.BAD_ARGUMENT, "set is no setSpec")


def _between(arguments: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    start, until = arguments.get("from", ""), arguments.get("until", "")
    if start and until and len(start) != len(until):
        raise OaiError(Code.BAD_ARGUMENT, "from and until differ in granularity")
    first = _instant(start) if start else None
    last = _instant(until) if until else None
    if first and last and first > last:
        raise OaiError(Code.BAD_ARGUMENT, "from is later than until")
    if last is None:
        return first, None
    try:
        return first, last + (timedelta(days=1) if _DAY.fullmatch(until) else timedelta(seconds=1))
    except OverflowError:
        return first, None


def _instant(text: str) -> datetime:
    """A day or a second of UTC; nothing else is a UTCdatetime of the protocol (§3.3)."""
    if not (_DAY.fullmatch(text) or _SECOND.fullmatch(text)):
        raise OaiError(Code.BAD_ARGUMENT, "not a UTCdatetime: YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError as wrong:
        raise OaiError(Code.BAD_ARGUMENT, "no such day or time") from wrong


def utc(at: datetime) -> str:
    """An instant as the protocol writes it, to the second below."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
