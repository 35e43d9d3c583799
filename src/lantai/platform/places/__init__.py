"""Places: where copies are kept, behind one protocol."""
