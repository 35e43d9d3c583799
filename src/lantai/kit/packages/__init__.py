"""Package formats, one module each: OCFL, BagIt, the DA/T 93 transfer layout; safe unpacking."""
