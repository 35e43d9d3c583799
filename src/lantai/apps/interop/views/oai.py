"""The OAI-PMH 2.0 provider: strangers harvest what is open, a key harvests what it may see."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from lxml import etree

from lantai.apps.interop.queries import identifiers, listing
from lantai.apps.interop.queries.listing import Listed, Wanted
from lantai.apps.interop.queries.sets import Names, listed
from lantai.apps.interop.types import HEADERS_PAGE, PAGE
from lantai.kit.errors import Missing
from lantai.kit.metadata.exchange import Record, to_dat, to_dc, to_ead
from lantai.kit.oai.protocol import Asked, Code, OaiError, read_request
from lantai.kit.oai.writing import Answer, Format, Repository
from lantai.platform.accounts import queries as accounts
from lantai.platform.accounts import services as account_services
from lantai.platform.context import Channel, Ctx
from lantai.platform.gates import public

DAT_NS = "urn:lantai:directory:1"
_OAI = "http://www.openarchives.org/OAI/2.0"


def _directory(record: Record) -> etree._Element:
    """The elements of the directory of carriers, which have no namespace, in the one that a record here needs."""
    root = etree.Element(f"{{{DAT_NS}}}directory", nsmap={"directory": DAT_NS})
    root.append(to_dat(record))
    for element in root[0].iter():
        element.tag = f"{{{DAT_NS}}}{element.tag}"
    return root


FORMATS: dict[str, tuple[Format, Callable[[Record], etree._Element]]] = {
    "oai_dc": (Format("oai_dc", f"{_OAI}/oai_dc.xsd", f"{_OAI}/oai_dc/"), to_dc),
    "ead": (Format("ead", "https://www.loc.gov/ead/ead3.xsd", "http://ead3.archivists.org/schema/"), to_ead),
    "dat": (Format("dat", "/static/interop/directory.xsd", DAT_NS), _directory),
}


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """All six verbs, by GET or as a posted form."""
    ctx = _caller(request)
    if ctx is None:
        answer = HttpResponse("unknown, expired or revoked key", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    given = request.POST if request.method == "POST" else request.GET
    pairs = [(name, value) for name, values in given.lists() for value in values]
    body = _answer(ctx, pairs)
    answer = HttpResponse(body, content_type="text/xml; charset=utf-8")
    answer["Cache-Control"] = "private, no-store" if ctx.actor.id else "public, max-age=1"
    answer["Vary"] = "Authorization"
    return answer


def _caller(request: HttpRequest) -> Ctx | None:
    """The bearer of a key, or whoever the request is of; None for a key that does not hold."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return request.ctx  # type: ignore[attr-defined,no-any-return]
    user = accounts.user_of_token(secret.strip(), timezone.now())
    if user is None:
        return None
    request_id: str = request.request_id  # type: ignore[attr-defined]
    return account_services.context_for(user, channel=Channel.API, request_id=request_id)


def base_url() -> str:
    """The address of the provider."""
    return str(settings.LANTAI_PUBLIC_URL) + reverse("interop:oai")


def _answer(ctx: Ctx, pairs: list[tuple[str, str]]) -> bytes:
    at = listing.now()
    try:
        asked = read_request(pairs)
    except OaiError as error:
        return Answer(base_url(), at, {}).error(error)
    answer = Answer(base_url(), at, {"verb": asked.verb, **asked.arguments})
    try:
        return _VERBS[asked.verb](ctx, asked, answer)
    except OaiError as error:
        return answer.error(error)


def _identify(ctx: Ctx, _asked: Asked, answer: Answer) -> bytes:
    return answer.identify(
        Repository(
            name=settings.LANTAI_SITE_NAME,
            base_url=base_url(),
            email=_email(),
            earliest=listing.earliest(ctx) or listing.now(),
            namespace=identifiers.namespace(),
            sample=identifiers.oai_of("A0", 1 << 59),
        )
    )


def _email() -> str:
    """Whom to write to: an address whose domain has a dot, as the schema of the protocol wants it."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if "." in address.rpartition("@")[2]:
        return address
    name, domain = address.partition("@")[0] or "lantai", identifiers.namespace()
    return f"{name}@{domain}" if "." in domain else f"{name}@{domain}.invalid"


def _formats(ctx: Ctx, asked: Asked, answer: Answer) -> bytes:
    if asked.said("identifier"):
        _row(ctx, asked)
    return answer.formats(_format(prefix) for prefix in FORMATS)


def _format(prefix: str) -> Format:
    one = FORMATS[prefix][0]
    schema = one.schema if "://" in one.schema else settings.LANTAI_PUBLIC_URL + one.schema
    return Format(one.prefix, schema, one.namespace)


def _sets(ctx: Ctx, asked: Asked, answer: Answer) -> bytes:
    if asked.said("resumptionToken"):
        raise OaiError(Code.BAD_TOKEN, "the sets come in one page")
    return answer.sets(listed(listing.audience(ctx), Names.read()))


def _row(ctx: Ctx, asked: Asked) -> int:
    try:
        number = identifiers.number_of_oai(asked.said("identifier"))
    except Missing as unknown:
        raise OaiError(Code.NO_ID, "not an identifier of this repository") from unknown
    if not listing.audience(ctx).filter(permanent=number).exists():
        raise OaiError(Code.NO_ID, "no such record")
    return number


def _get(ctx: Ctx, asked: Asked, answer: Answer) -> bytes:
    write = _writer(asked.said("metadataPrefix"))
    found = listing.one(ctx, _row(ctx, asked), has_metadata=True)
    if found is None:
        raise OaiError(Code.NO_ID, "no such record")
    header, record = found
    return answer.records([(header, write(record) if record else None)], verb="GetRecord")


def _writer(prefix: str) -> Callable[[Record], etree._Element]:
    if prefix not in FORMATS:
        raise OaiError(Code.NO_FORMAT, "not a metadata format of this repository")
    return FORMATS[prefix][1]


def _page(ctx: Ctx, asked: Asked, limit: int, *, has_metadata: bool) -> tuple[Wanted, Listed]:
    token = asked.said("resumptionToken")
    wanted = Wanted.from_token(token) if token else Wanted.from_request(asked, listing.now())
    _writer(wanted.prefix)
    return wanted, listing.page(ctx, wanted, limit, has_metadata=has_metadata)


def _list_records(ctx: Ctx, asked: Asked, answer: Answer) -> bytes:
    wanted, found = _page(ctx, asked, PAGE, has_metadata=True)
    write = _writer(wanted.prefix)
    return answer.records(((head, write(one) if one else None) for head, one in found.entries), found.token)


def _list_identifiers(ctx: Ctx, asked: Asked, answer: Answer) -> bytes:
    _wanted, found = _page(ctx, asked, HEADERS_PAGE, has_metadata=False)
    return answer.headers((header for header, _none in found.entries), found.token)


_VERBS: dict[str, Callable[[Ctx, Asked, Answer], bytes]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
    "GetRecord": _get,
}
