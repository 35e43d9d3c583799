"""The register of offline carriers: what they are, where they lie, how well they read."""
