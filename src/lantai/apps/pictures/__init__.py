"""Pages of records as pictures: IIIF images and manifests, and our own viewer."""
