"""People, machines, roles and the one rule with two readings."""
