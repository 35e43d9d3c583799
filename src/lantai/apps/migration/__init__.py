"""Format migration: what is at risk, plans that make it anew beside the original, and their undoing."""
