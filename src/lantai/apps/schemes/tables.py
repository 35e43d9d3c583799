"""Lists of this app."""

from __future__ import annotations

from lantai.apps.schemes.states import SCHEME
from lantai.platform.ui.pages import states_of

STATES = states_of(SCHEME.states)
