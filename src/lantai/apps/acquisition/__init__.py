"""Acquisition: gifts, purchases and deposits, voices recorded, and the lists of events and key projects."""
