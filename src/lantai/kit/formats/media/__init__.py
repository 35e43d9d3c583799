"""Sound and film: is the file whole to its last packet, what is in it?

The structure of the common containers is walked by our own readers, inside the sandbox. ``ffprobe``, a separate
program that may be absent, reads every packet where somebody gives its path and the walls allow a program to start.
"""
