"""Backup sets as files: packs named by digest, lists of what lies where, signed manifests, media that heal.

A set can be read with nothing but this folder of files: packs are plain tar archives (or one file each), lists
are JSON lines, a manifest is JSON beside a signed note over its digest.
"""
