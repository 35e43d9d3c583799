"""Sound and film: is the file whole to its last packet, what is in it?

The structure of the common containers is walked by our own readers. ``ffprobe``, a separate program that may be
absent and runs behind walls of its own, is heard as a second voice: it reads every packet, and containers that
we do not know.
"""
