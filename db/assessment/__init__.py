"""年度考核: schemes as data, the points of each unit and item with the reasons, what-if, appeals. No workbook, no Qt."""
