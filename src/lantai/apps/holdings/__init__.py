"""Fonds, classification schemes, retention schedules, record kinds and rule sets."""
