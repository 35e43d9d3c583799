"""A scheme with the stricter levels that single-set management switches on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lantai.kit.fourprops.scheme import Level, Scheme, Setting
from lantai.kit.fourprops.vocabulary import Stage

_RANK = {Level.OFF: 0, Level.ADVISE: 1, Level.BLOCK: 2}
# Where only the electronic set exists, what it lacks at filing and transfer can never be made up from paper.
_STAGES = (Stage.FILING, Stage.TRANSFER)


def stricter(scheme: Scheme, levels: Mapping[str, str]) -> Scheme:
    """``scheme`` with each named check at least at its level, at filing and at transfer; never milder."""
    if not levels:
        return scheme
    settings = (
        _raised(one, Level(levels[one.code])) if one.code in levels else one for one in scheme.settings
    )
    return replace(scheme, settings=tuple(settings))


def _raised(setting: Setting, least: Level) -> Setting:
    raised = {stage: max(setting.levels[stage], least, key=_RANK.__getitem__) for stage in _STAGES}
    return replace(setting, levels={**setting.levels, **raised})
