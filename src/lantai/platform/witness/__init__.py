"""Logs watch each other: witnesses of our checkpoints, checkpoints that we witness, time stamps over both."""
