"""下发: one workbook from the district to its units — plan, units, calendar, firms, 专项 — taken in as returns are: staged, decided, applied, undone."""
