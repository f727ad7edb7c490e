"""How the program looks: colours, sizes, fonts, icons, the one style sheet. Knows nothing of registers."""
