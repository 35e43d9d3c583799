"""Run by the Python that has sickle and oaipmh-scythe: harvest a repository and say what came."""

from __future__ import annotations

import json
import sys


def by_sickle(url: str, since: str) -> list[tuple[str, bool, str]]:
    from sickle import Sickle

    asked = {"metadataPrefix": "oai_dc", "ignore_deleted": False} | ({"from": since} if since else {})
    return [
        (one.header.identifier, bool(one.deleted), "" if one.deleted else one.metadata["title"][0])
        for one in Sickle(url).ListRecords(**asked)
    ]


def by_scythe(url: str, since: str) -> list[tuple[str, bool, str]]:
    from oaipmh_scythe import Scythe

    with Scythe(url) as scythe:
        found = scythe.list_records(metadata_prefix="oai_dc", from_=since or None, ignore_deleted=False)
        return [
            (one.header.identifier, bool(one.deleted), "" if one.deleted else one.metadata["title"][0])
            for one in found
        ]


if __name__ == "__main__":
    name, url, since = sys.argv[1:4]
    print(json.dumps({"sickle": by_sickle, "scythe": by_scythe}[name](url, since)))
