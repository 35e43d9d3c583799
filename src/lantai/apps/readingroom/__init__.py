"""Citizens' requests, certificates and their verification."""
