"""Not used: the program runs its migrations from db/upgrade.py on its own connection, frozen or not."""
