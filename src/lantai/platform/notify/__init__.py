"""Messages to people: on the site, and by mail where there is mail."""
