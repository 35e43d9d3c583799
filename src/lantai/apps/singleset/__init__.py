"""Single-set (单套) management: whether an agency is ready for it, who approved it, and what it demands."""
