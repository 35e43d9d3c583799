"""Other systems hand over what they hold: registry, push, pull, deliveries."""
