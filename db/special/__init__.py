"""专项: one-off tables with columns of their own. Declared as data, so that form, sheet and checks follow from it."""
