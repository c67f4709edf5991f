"""Which operating system user runs what.

As root every part gets an unprivileged user that Debian always has, one
each, so that key files and the socket are protected as they would be on a
real host. Without root everything runs as whoever calls.
"""
import collections
import grp
import os
import pwd


class Account(collections.namedtuple('Account', 'name uid gid')):
    def popen(self):
        """Arguments for subprocess that make a child run as this user."""
        if os.geteuid() != 0 or self.uid == 0:
            return {}
        return {'user': self.uid, 'group': self.gid, 'extra_groups': []}

    def prefix(self):
        """The same for a shell script: a command to put in front."""
        if os.geteuid() != 0 or self.uid == 0:
            return ''
        return (f'setpriv --reuid={self.uid} --regid={self.gid}'
                ' --clear-groups ')

    def own(self, path, mode, group=None):
        """Give path to this user."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, group if group is not None else self.gid)
        os.chmod(path, mode)


def lookup(name):
    entry = pwd.getpwnam(name)
    return Account(name, entry.pw_uid, entry.pw_gid)


def caller():
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, os.geteuid(), os.getegid())


def account(part):
    """The account of one part of the stack."""
    if os.geteuid() != 0:
        return caller()
    names = {'postgres': 'postgres', 'worker': 'daemon', 'mailer': 'mail',
             'web': 'www-data', 'sink': 'nobody', 'asterisk': 'games'}
    try:
        return lookup(names[part])
    except KeyError:
        return lookup('nobody')


def group_name(gid):
    return grp.getgrgid(gid).gr_name
