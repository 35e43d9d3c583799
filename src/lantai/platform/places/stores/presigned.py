"""Requests to S3 that obstore has no call for: signed addresses (AWS Signature Version 4, query form)."""

from __future__ import annotations

import hashlib
import hmac
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

_SECONDS = 300
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks, at which endpoint."""

    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    headers: Mapping[str, str]
    body: bytes


def presign(
    account: Account,
    method: str,
    path: str,
    query: Mapping[str, str],
    now: datetime,
    headers: Mapping[str, str] | None = None,
) -> str:
    """An address that does `method` on `path` (bucket/key) for the next minutes, sent with these headers."""
    sent = {"host": urlsplit(account.endpoint).netloc, **(headers or {})}
    names = ";".join(sorted(sent))
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    scope = f"{day}/{account.region}/s3/aws4_request"
    asked = {
        **query,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{account.access_key_id}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(_SECONDS),
        "X-Amz-SignedHeaders": names,
    }
    line = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(asked.items()))
    where = "/" + quote(path, safe="/")
    lines = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent))
    canonical = "\n".join((method, where, line, lines, names, "UNSIGNED-PAYLOAD"))
    said = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{account.secret_access_key}".encode()
    for part in (day, account.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, said.encode(), "sha256").hex()
    return f"{account.endpoint.rstrip('/')}{where}?{line}&X-Amz-Signature={signature}"


def ask(account: Account, method: str, path: str, query: Mapping[str, str], *, seconds: float) -> Answer:
    """Do it; raises what urllib raises."""
    url = presign(account, method, path, query, datetime.now(UTC))
    # the scheme was checked with the address of the place: http or https, nothing else
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=seconds) as found:
        headers = {name.lower(): value for name, value in found.headers.items()}
        return Answer(headers, found.read(_MOST_BYTES))
