"""The commands of `qianqi`: what is typed to an action, and its result to JSON or to sentences."""
