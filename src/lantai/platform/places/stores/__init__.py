"""The kinds of places that come with the product."""
