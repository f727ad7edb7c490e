"""Paper: what is printed (blocks), how it falls onto pages (flow), how pages are drawn, and the page that shows them."""
