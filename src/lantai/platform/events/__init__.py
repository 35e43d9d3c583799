"""Lower apps announce what happened; higher apps hear of it after the commit."""
