"""Reusable pieces of a window. They know the look and nothing of registers; pages fill them."""
