"""A made-up region that shows the main job end to end, through the same services that people use."""
