"""Where copies are kept."""
