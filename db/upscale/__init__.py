"""升规 and what belongs to it: outlook, routes, windows, suggestions, warnings. Reading and arithmetic; nothing is written here."""
