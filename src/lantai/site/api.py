"""The API: one NinjaAPI, two ways to sign in, errors as problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer, SessionAuth

from lantai import __version__
from lantai.apps.acquisition.api import router as acquisition
from lantai.apps.authorities.api import router as authorities
from lantai.apps.backup.api import router as backup
from lantai.apps.catalogue.api import router as catalogue
from lantai.apps.connectors.api import router as connectors
from lantai.apps.copies.api import router as copies
from lantai.apps.custody.api import router as custody
from lantai.apps.disposal.api import router as disposal
from lantai.apps.filing.api import router as filing
from lantai.apps.holdings.api import router as holdings
from lantai.apps.imports.api import router as imports
from lantai.apps.intake.api import router as intake
from lantai.apps.interop.api import router as interop
from lantai.apps.kinds.api import router as kinds
from lantai.apps.migration.api import router as migration
from lantai.apps.printing.api import router as printing
from lantai.apps.quality.api import router as quality
from lantai.apps.readingroom.api import router as readingroom
from lantai.apps.topics.api import router as topics
from lantai.kit.errors import N_, LantaiError, Missing
from lantai.platform.accounts import queries as accounts
from lantai.platform.accounts import services as account_services
from lantai.platform.context import Channel
from lantai.platform.gates import Gate
from lantai.platform.ui.errors import Unstorable, is_unstorable
from lantai.platform.witness.api import router as witness
from lantai.site.problems import documented, problem

log = logging.getLogger("lantai.api")


class BearerToken(HttpBearer):
    """A machine's token; the acting context becomes that machine's."""

    def authenticate(self, request: HttpRequest, token: str) -> object | None:
        """The account, or None for an unknown, expired or revoked token."""
        user = accounts.user_of_token(token, timezone.now())
        if user is None:
            return None
        request_id: str = request.request_id  # type: ignore[attr-defined]
        request.ctx = account_services.context_for(user, channel=Channel.API, request_id=request_id)  # type: ignore[attr-defined]
        return user


class SignedIn(SessionAuth):
    """A person's session, with the CSRF token that its forms carry."""


def gated(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Close the operation's gate; one without a gate is closed to everybody."""
    gate: Gate | None = getattr(operation, "gate", None)

    @wraps(operation)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        actor = request.ctx.actor  # type: ignore[attr-defined]
        if gate is None or not gate.admits(actor):
            raise Missing
        return operation(request, *args, **kwargs)

    return enter


class Api(NinjaAPI):
    """The API, described with its refusals."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        """See NinjaAPI."""
        schema = super().get_openapi_schema(**asked)
        documented(schema)
        return schema


api = Api(
    title="Lantai 兰台",
    version=__version__,
    description=N_("区域数字档案平台接口。错误一律以 application/problem+json 返回。"),
    auth=[BearerToken(), SignedIn()],
    urls_namespace="api",
    docs_url="/docs",
)
api.add_decorator(gated)
for prefix, router in (
    ("/holdings", holdings),
    ("/filing", filing),
    ("/intake", intake),
    ("/acquisition", acquisition),
    ("/connectors", connectors),
    ("/custody", custody),
    ("/copies", copies),
    ("/migration", migration),
    ("/disposal", disposal),
    ("/catalogue", catalogue),
    ("/imports", imports),
    ("/interop", interop),
    ("/authorities", authorities),
    ("/kinds", kinds),
    ("/topics", topics),
    ("/quality", quality),
    ("/printing", printing),
    ("/readingroom", readingroom),
    ("/witness", witness),
    ("/backup", backup),
):
    api.add_router(prefix, router)


@api.exception_handler(LantaiError)
def _refused(request: HttpRequest, refusal: LantaiError) -> HttpResponse:
    text = gettext(refusal.message)
    more = {"kind": type(refusal).__name__}
    if field := getattr(refusal, "field", ""):
        more["field"] = field
    answer = problem(
        request, getattr(refusal, "status", 500), text % refusal.params if refusal.params else text, **more
    )
    if wait_s := getattr(refusal, "retry_after_s", 0):
        answer["Retry-After"] = str(wait_s)
    return answer


@api.exception_handler(DatabaseError)
def _unstorable(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    if not is_unstorable(error):
        raise error
    log.error("unstorable value during %s", getattr(request, "request_id", ""), exc_info=error)
    return _refused(request, Unstorable())


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(request, 404, gettext(Missing.message), kind="Missing")


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    answer = problem(request, 401, gettext("请先登录，或提供有效的接口令牌。"), kind="SignInFirst")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if (
        error.status_code == 403
    ):  # all that the library refuses by itself but a body: a session without its CSRF token
        expired = gettext("这个页面打开得太久，安全凭证已经过期。没有改动任何内容。请刷新页面后再提交。")
        return problem(request, 403, expired, kind="PageExpired")
    return problem(
        request, error.status_code, gettext("请求正文读不懂：应为 JSON。没有收录任何内容。"), kind="Malformed"
    )


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [{"place": "/".join(str(p) for p in e["loc"]), "why": e["msg"]} for e in error.errors]
    return problem(
        request, 422, gettext("请求内容不合要求，没有收录任何内容。"), kind="Malformed", errors=faults
    )
