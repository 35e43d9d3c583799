"""The region tree: bureaus, archives, agencies and contractors."""
