"""What other systems take from the catalogue, and what we take from theirs."""
