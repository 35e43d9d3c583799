"""Pages and machine endpoints of this app."""
