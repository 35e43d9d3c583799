"""Good packages and documents made bad by chance, and read where they may do no harm."""
