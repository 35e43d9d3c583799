"""A record as EAC-CPF."""

from __future__ import annotations

from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.queries.reading import (
    cluster_of,
    names_in,
    relations_of,
    sources_of,
    versions_of,
)
from lantai.apps.authorities.types import CPF, NameKind, NotCpf
from lantai.kit.authorities import EacName, EacRecord, EacRelation, to_eac

_FIRST = 1


def eac_of(row: Authority) -> bytes:
    """The file of one record with the names, relations and sources of those merged into it; raises ``NotCpf``."""
    if row.kind not in CPF:
        raise NotCpf
    cluster = cluster_of(row.pk)
    return to_eac(
        EacRecord(
            identifier=_identifier(row.pk),
            kind=row.kind,
            agency_name=row.org.name,
            agency_code=row.org.code,
            maturity=row.maturity,
            names=_names(row, cluster),
            code=row.code,
            began=row.began,
            ended=row.ended,
            history=row.history,
            functions=row.functions,
            mandate=row.mandate,
            structure=row.structure,
            context=row.context,
            relations=_relations(cluster),
            sources=[(source.citation, source.found) for source in sources_of(cluster)],
            events=[
                (version.changed_at, version.editor_name, version.revision == _FIRST)
                for version in reversed(versions_of(row))
            ]
            or [(row.created_at, row.org.name, True)],
        )
    )


def _identifier(authority_id: int) -> str:
    return f"lantai-authority-{authority_id}"


def _names(row: Authority, cluster: list[int]) -> list[EacName]:
    found = [
        EacName(
            name.text,
            name.began_year,
            name.ended_year,
            name.authority_id == row.pk and name.kind == NameKind.PREFERRED,
        )
        for name in names_in(cluster)
    ]
    return sorted(found, key=lambda name: not name.is_preferred)


def _relations(cluster: list[int]) -> list[EacRelation]:
    return [
        EacRelation(
            one.kind, one.is_target, one.other_name, _identifier(one.other_id),
            one.began_year, one.ended_year, one.note,
        )
        for one in relations_of(cluster)
        if one.other_kind in CPF
    ]  # fmt: skip
