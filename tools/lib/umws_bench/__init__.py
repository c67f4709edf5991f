"""The parts of tools/bench: umws against limits and against its peers.

stand     a running stack, and what can be done to it: load, CPU, rows
peer      the PHP peer of tests/peers: a pool and a database in that stack
rounds    interleaved repetitions and their medians
groups    what is measured, (a) to (g)
report    the rows, as a table, as JSON and as doc/performance.md
cli       the command line
"""
