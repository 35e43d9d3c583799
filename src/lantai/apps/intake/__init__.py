"""Transfer from agencies to archives: test, accept or return, receipt."""
