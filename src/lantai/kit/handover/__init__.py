"""What is handed over beside the records: the annex of opinions on opening, disclosure and classification."""
