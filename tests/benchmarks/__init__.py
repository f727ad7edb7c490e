"""How fast the program is, as ratios against a named floor measured in the same run: `python -m tests.benchmarks`."""
