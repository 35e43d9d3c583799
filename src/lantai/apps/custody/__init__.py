"""Packages, their files, fixity and the four-property test as evidence of content."""
