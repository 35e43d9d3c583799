"""Every read of this app."""

from __future__ import annotations

from lantai.apps.authorities.queries.alike import alike, may_be_same
from lantai.apps.authorities.queries.chains import chain_of
from lantai.apps.authorities.queries.exporting import eac_of
from lantai.apps.authorities.queries.merging import merges_of, plan, visible_merges
from lantai.apps.authorities.queries.picking import AuthorityField
from lantai.apps.authorities.queries.reading import (
    RelationRow,
    called,
    cluster_of,
    differences,
    get,
    index_names,
    may_manage,
    names_in,
    names_of,
    orgs_to_manage,
    relations_of,
    roots_of,
    sources_of,
    standing,
    versions_of,
    visible,
)
from lantai.apps.authorities.queries.suggesting import suggest
from lantai.apps.authorities.queries.vocabularies import (
    get_vocabulary,
    suggest_terms,
    terms_of,
    visible_vocabularies,
    vocabulary_orgs,
)

__all__ = [
    "AuthorityField",
    "RelationRow",
    "alike",
    "called",
    "chain_of",
    "cluster_of",
    "differences",
    "eac_of",
    "get",
    "get_vocabulary",
    "index_names",
    "may_be_same",
    "may_manage",
    "merges_of",
    "names_in",
    "names_of",
    "orgs_to_manage",
    "plan",
    "relations_of",
    "roots_of",
    "sources_of",
    "standing",
    "suggest",
    "suggest_terms",
    "terms_of",
    "versions_of",
    "visible",
    "visible_merges",
    "visible_vocabularies",
    "vocabulary_orgs",
]
