"""The parts of tools/bench: umws beside an older umws and beside PHP.

stand     a running stack, and what is done to it from outside
peer      the PHP peer of tests/peers: a pool and a database in that stack
hostile   the bodies that cost a worker most
measure   what is measured, in interleaved rounds, and the rows of it
report    the rows, as a table and as JSON
cli       the command line
"""
