#!/usr/bin/env python3
"""Hand a document with its files to Lantai, safely repeated: oa_client.py URL KEY TITLE FILE [FILE …]

The token of the connector comes from the environment (LANTAI_TOKEN). KEY is your own number of the document: it
must not change when the same document is sent again. Copy and adapt; nothing but Python 3.9 is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

WAITS_S = (0, 2, 10, 60, 300)  # before each attempt
TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504, 507}


def body_of(key: str, title: str, paths: list[Path]) -> tuple[str, bytes]:
    """The form: what is said of the document, and one part for each file."""
    files = [{"name": p.name, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()} for p in paths]
    metadata = {"documents": [{"external_key": key, "title": title, "files": files}]}
    line = uuid.uuid4().hex
    parts = [('name="metadata"', json.dumps(metadata, ensure_ascii=False).encode())]
    parts += [(f'name="files"; filename="{p.name}"', p.read_bytes()) for p in paths]
    head = "--{}\r\nContent-Disposition: form-data; {}\r\n\r\n"
    body = b"".join(head.format(line, what).encode() + data + b"\r\n" for what, data in parts)
    return f"multipart/form-data; boundary={line}", body + f"--{line}--\r\n".encode()


def send(url: str, token: str, key: str, kind: str, body: bytes) -> dict[str, object]:
    """The receipt; the same key each time, so that an answer that was lost does no harm."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": kind}
    why = ""
    for wait_s in WAITS_S:
        time.sleep(wait_s)
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as refused:
            is_problem = "problem+json" in refused.headers.get("Content-Type", "")
            why = json.load(refused)["title"] if is_problem else f"HTTP {refused.code}"
            if refused.code not in TRY_AGAIN:
                break
        except OSError as broken:
            why = str(broken)
    sys.exit(f"not delivered: {why}")


if __name__ == "__main__":
    site, key, title, *names = sys.argv[1:]
    kind, body = body_of(key, title, [Path(name) for name in names])
    receipt = send(f"{site}/api/connectors/deliveries", os.environ["LANTAI_TOKEN"], key, kind, body)
    print(json.dumps(receipt, ensure_ascii=False, indent=1))
