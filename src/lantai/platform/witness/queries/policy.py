"""The policy in force: the one that was set, else any witness of each group."""

from __future__ import annotations

import re

from lantai.kit.evidence.policies import Group, Policy, WitnessLine, parse_policy
from lantai.platform.witness import models
from lantai.platform.witness.queries.peers import active_witnesses, witness_keys

_UNFIT = re.compile(r"[\s\x00-\x1f\x7f]+")  # in a name of the policy format


def policy_text() -> str:
    """The policy in force as text."""
    found = models.Policy.objects.order_by("-id").values_list("text", flat=True).first()
    return _default().render() if found is None else found


def policy() -> Policy:
    """The policy in force."""
    return parse_policy(policy_text().encode())


def _default() -> Policy:
    witnesses: list[WitnessLine] = []
    members: dict[str, list[str]] = {}
    seen: set[bytes] = set()
    for peer in active_witnesses():
        for key in witness_keys(peer):
            if key.public.raw in seen:  # one witness entered under two names counts once
                continue
            seen.add(key.public.raw)
            name = f"{_UNFIT.sub('_', peer.name)}/{peer.pk}/{key.key_id.hex()}"
            witnesses.append(WitnessLine(name, key))
            members.setdefault(_UNFIT.sub("_", peer.group) or "-", []).append(name)
    if not witnesses:
        return Policy()
    groups = [Group(f"any-of/{name}", 1, tuple(found)) for name, found in members.items()]
    whole = Group("every-group", len(groups), tuple(group.name for group in groups))
    return Policy((), tuple(witnesses), (*groups, whole), whole.name)
