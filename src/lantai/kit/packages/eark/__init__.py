"""E-ARK packages."""
