"""How good the catalogue is: what is missing, doubled or illegal in each fonds, and what can be opened and read."""
