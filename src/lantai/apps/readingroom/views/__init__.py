"""Pages of this app: the portal for everybody, the desk for staff."""
