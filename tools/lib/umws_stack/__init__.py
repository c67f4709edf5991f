"""The parts of tools/stack: a private installation for tests and demos.

layout    where things lie, and what a stack remembers about itself
accounts  which operating system user runs what
process   start a daemon, know it again, end it
postgres, web, programs, sink   the four kinds of daemon
nginx, apache                   the web servers there are
standby, pgbouncer, ramdisk     what only some tests want
netns, cluster, clusterhosts, clusterup     several hosts on this machine
environment   what DIR/env says
mailbox   what the SMTP sink has taken
user      what the database knows of one user
cli       the command line: up, down, do
"""
