"""One named function per user action, shared by windows, command line and tests. No Qt in here.

A function here opens its transactions itself, says what became of it with a value, and raises KnownError for
what a person can do something about. Rules and arithmetic live in db/ and returns/.
"""
