"""What travels between offices: returns, ledgers, summaries. Needs db, never a window."""
