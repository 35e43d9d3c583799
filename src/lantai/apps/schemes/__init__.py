"""Schemes of the four-property test that an archives sets for itself."""
