"""Machine endpoints and the viewer."""
