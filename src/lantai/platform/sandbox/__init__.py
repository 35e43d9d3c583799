"""Every parser of a file from outside runs here: confined, limited, and killed when it goes wrong."""
