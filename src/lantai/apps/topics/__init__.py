"""Topic databases: records of one subject, by a rule and by hand, with a front page of their own."""
