"""Descriptions of what is held, and finding them."""
