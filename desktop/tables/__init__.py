"""Tables that read page by page from a source. They know nothing of where the rows come from."""
