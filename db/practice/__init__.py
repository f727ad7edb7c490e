"""Practice data (练习): an invented year of any district, the same each time, never mixed with real data."""
