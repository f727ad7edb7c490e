"""The windows of the register. May use db and returns; nothing else in the house imports this package."""
