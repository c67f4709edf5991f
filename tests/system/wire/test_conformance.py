"""doc/protocol.md, its rules and its table, against the cases."""
import subprocess
import sys

from harness import TREE, environment


def check():
    return subprocess.run(
        [sys.executable, TREE / 'tools' / 'pages', 'protocol', '--check'],
        env=environment(), text=True, capture_output=True)


def test_every_rule_has_a_case_and_the_table_is_fresh():
    done = check()
    assert (done.returncode, done.stderr) == (0, '')
