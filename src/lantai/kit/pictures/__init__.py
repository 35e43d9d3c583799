"""Pictures cut into tiles at every size, and requests of the IIIF Image API 3 answered from them."""
