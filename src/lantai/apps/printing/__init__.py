"""The official papers of a catalogue: lists, covers, notes, labels, and the file about a fonds."""
