"""An agency's desk: capture, arrangement, numbering, sealing."""
