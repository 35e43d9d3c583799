"""OAI-PMH 2.0: what a request asks for, answers as XML, and reading the answers of others."""
