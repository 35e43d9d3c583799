"""Disposal: lists of what is due, opinions, two approvals, supervised destruction; and holds that forbid it."""
