"""How the API says that something went wrong: RFC 9457, whoever noticed it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from ninja import Schema

from lantai.kit.errors import N_, Missing
from lantai.platform.ui.errors import WORDS

TYPE = "application/problem+json"
_ROOT = "/api/"
_TITLES = {404: Missing.message, 405: N_("这个地址不接受这种方法。")}


class Fault(Schema):
    """A part of what was sent, and what is wrong with it."""

    place: str
    why: str


class Problem(Schema):
    """Why nothing was done; ``kind`` is a name for programs, ``request_id`` is what to quote."""

    type: str = "about:blank"
    title: str
    status: int
    kind: str = ""
    field: str = ""
    errors: list[Fault] = []
    request_id: str = ""


def problem(request: HttpRequest, status: int, title: str, **more: object) -> HttpResponse:
    """An RFC 9457 answer with the request id to quote."""
    return _filled(HttpResponse(status=status), request, title, **more)


def _filled(answer: HttpResponse, request: HttpRequest, title: str, **more: object) -> HttpResponse:
    body = {"type": "about:blank", "title": title, "status": answer.status_code, **more}
    body["request_id"] = getattr(request, "request_id", "")
    answer.content = json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)
    answer["Content-Type"] = f"{TYPE}; charset=utf-8"
    answer["Content-Length"] = str(len(answer.content))
    return answer


class Problems:
    """What fails below the API before or beside an operation (no such address, a wrong method) is a problem too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        is_ours = request.path_info.startswith(_ROOT) and isinstance(answer, HttpResponse)
        if not is_ours or answer.status_code < 400 or answer.headers["Content-Type"].startswith(TYPE):
            return answer
        status = answer.status_code
        title = gettext(_TITLES[status]) if status in _TITLES else str(WORDS.get(status, WORDS[500]).text)
        return _filled(answer, request, title)


def documented(schema: dict[str, Any]) -> dict[str, Any]:
    """The description of the API with what every operation may answer instead of what it promises."""
    parts = schema.setdefault("components", {})
    said = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts.setdefault("schemas", {}).update(said.pop("$defs"), Problem=said)
    content = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    parts["responses"] = {"Problem": {"description": N_("没有办成：原因见内容。"), "content": content}}
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    return schema
