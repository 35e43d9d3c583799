"""Kinds of record as data: what a description of each kind says, in versions that an archives makes itself."""
