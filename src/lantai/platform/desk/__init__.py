"""Pages of the platform's own parts: inbox, tasks, people, audit list, notices."""
