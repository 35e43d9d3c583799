"""Pages of format migration."""
