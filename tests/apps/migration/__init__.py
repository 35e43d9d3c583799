"""Format migration."""
