"""The stack's mailer with settings of its own, against a server of ours."""
import itertools
import pathlib

from harness import USERS, run
from soap import reset
from umws_stack.accounts import account

TEMPORARY, CONFIGURATION = 75, 78
LEVEL = {'err': '<3>', 'warn': '<4>'}
NUMBERS = itertools.cycle(range(1, USERS + 1))


class Place:
    def __init__(self, stack):
        self.stack = stack
        self.said = ''
        self.arguments = ()
        self.conf = pathlib.Path(stack.env['UMWS_CONF']).with_name(
            'mail-test.conf')

    def password_file(self, folder, password):
        path = folder / 'password'
        path.unlink(missing_ok=True)
        path.write_text(password + '\n')
        account('mailer').own(path, 0o600)
        return path

    def configure(self, server, **settings):
        """Let the file that run() uses name the server; None is for a
        smtp_url among the settings."""
        text = pathlib.Path(self.stack.env['UMWS_CONF']).read_text()
        settings = {'smtp_timeout': '10s'} | settings
        if server is not None:
            settings.setdefault('smtp_url',
                                f'smtp://127.0.0.1:{server.port}')
        lines = [line for line in text.splitlines()
                 if line.split(' = ')[0] not in settings]
        lines += [f'{key} = {value}' for key, value in settings.items()]
        self.conf.write_text('\n'.join(lines) + '\n')

    def run(self, server, code=0, **settings):
        """One pass against the server; what it wrote to stderr."""
        self.configure(server, **settings)
        done = run(self.stack.env['UMWS_MAILER'], '--config', self.conf,
                   *self.arguments)
        self.said = done.stderr
        assert code is None or done.returncode == code, (
            done.returncode, done.stderr)
        return done.stderr

    def queue(self, count=1):
        """Users with a mail each, due in this order."""
        logins = [f'user{next(NUMBERS):04d}' for _ in range(count)]
        for number, login in enumerate(logins):
            reset(self.stack, login)
            self.stack.sql(
                "UPDATE umws.outbox SET next_attempt_at = now() - interval"
                " '1 hour' + %s * interval '1 second' WHERE id = %s",
                number, self.row(login)['id'])
        return logins

    def address(self, login, address):
        """Reset again, with this address."""
        with self.stack.unchecked('umws.mail_address'):
            self.stack.sql('UPDATE umws.um_user SET email = %s'
                           ' WHERE login = %s', address, login)
        reset(self.stack, login)

    def row(self, login):
        return self.stack.outbox(login)[-1]

    def states(self, logins):
        return [self.row(login)['state'] for login in logins]

    def lines(self, level):
        return [line for line in self.said.splitlines()
                if line.startswith(LEVEL[level])]

    def doubted(self, minutes=10):
        """As if what was in doubt had been so for the first time then."""
        self.stack.sql('UPDATE umws.outbox SET doubted_at = now() - %s *'
                       " interval '1 minute' WHERE doubted_at IS NOT NULL",
                       minutes)

    def due(self):
        self.stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
                       ' WHERE sealed IS NOT NULL')

    def clean(self):
        """No test leaves a mail, or an address, to the next one."""
        self.stack.sql("UPDATE umws.outbox SET state = 'dead', sealed = NULL,"
                       ' lease_token = NULL, lease_until = NULL'
                       ' WHERE sealed IS NOT NULL')
        self.stack.sql('UPDATE umws.outbox SET is_lone = false'
                       ' WHERE is_lone')
        self.stack.sql("UPDATE umws.um_user SET email = login ||"
                       " '@example.test'")
