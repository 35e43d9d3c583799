"""What a visit to the portal remembers: unfinished applications, sealed, and requests that were opened.

The session lies in the database, so what an applicant types is sealed there like the request itself.
"""

from __future__ import annotations

import base64
import json

from django.http import HttpRequest

from lantai.apps.readingroom.services import privacy
from lantai.apps.readingroom.types import SealedUnreadable

_DRAFTS, _OPENED = "readingroom.drafts", "readingroom.opened"


def said(request: HttpRequest, topic: str) -> dict[str, str]:
    """What was typed so far about a topic."""
    sealed = request.session.get(_DRAFTS, {}).get(topic)
    if not sealed:
        return {}
    try:
        text = privacy.unseal(base64.b64decode(sealed), about=_about(topic))
    except SealedUnreadable:  # the key was changed since; the applicant starts anew
        return {}
    found: dict[str, str] = json.loads(text)
    return found


def remember(request: HttpRequest, topic: str, typed: dict[str, str]) -> None:
    """Keep what was typed about a topic."""
    sealed = privacy.seal(json.dumps(typed, ensure_ascii=False), about=_about(topic))
    drafts = request.session.get(_DRAFTS, {})
    request.session[_DRAFTS] = {**drafts, topic: base64.b64encode(sealed).decode("ascii")}


def forget(request: HttpRequest, topic: str) -> None:
    """Drop what was typed about a topic."""
    drafts = request.session.get(_DRAFTS, {})
    request.session[_DRAFTS] = {name: draft for name, draft in drafts.items() if name != topic}


def opened(request: HttpRequest) -> list[str]:
    """Numbers of the requests that this visitor has made, or opened with number and phone."""
    return list(request.session.get(_OPENED, []))


def open_number(request: HttpRequest, number: str) -> None:
    """Let this visitor see a request."""
    if number not in opened(request):
        request.session[_OPENED] = [*opened(request), number]


def leave(request: HttpRequest) -> None:
    """Forget everything of this visit, for the next person at a shared machine."""
    for key in (_DRAFTS, _OPENED):
        request.session.pop(key, None)


def _about(topic: str) -> str:
    return f"draft:{topic}"
