"""OFD (GB/T 33190): reading its structure, its text and its pages."""
