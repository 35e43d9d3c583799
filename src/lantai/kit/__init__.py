"""Every algorithm of Lantai, with no framework, database or network; usable alone."""
