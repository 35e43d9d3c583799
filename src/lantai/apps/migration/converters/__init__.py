"""Ways to make files anew: one class and one registration each."""
