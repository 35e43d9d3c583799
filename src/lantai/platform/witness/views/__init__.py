"""Pages for people, and addresses for other nodes."""
