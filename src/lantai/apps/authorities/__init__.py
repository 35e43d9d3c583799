"""Authority records: who and what descriptions speak of, under which names and when."""
