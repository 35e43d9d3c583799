"""Backup: plans, sets, restores, drills."""
