"""An SMTP server that says what a test tells it to, over a real socket.

    with Server(rcpt='550 5.1.1 <{rcpt}>: no such user') as server:
        ...
        server.rcpts, server.mails, server.heard

Replies are texts, a list of texts (one for each time it is said, the last
one for ever) or functions of the connection; '|' parts lines, and {rcpt},
{sender} and {helo} stand for what was heard. Answers to greet, ehlo,
starttls, auth, mail, rcpt, data, dot; pause={'dot': 3} waits before one.
"""
import base64
import socket
import ssl
import threading
import time

REPLIES = {
    'greet': '220 mx.example.test ESMTP',
    'ehlo': '250-mx.example.test|250-SIZE 10240000'
            '|250-ENHANCEDSTATUSCODES|250 8BITMIME',
    'starttls': '220 2.0.0 Ready', 'auth': '235 2.7.0 Welcome',
    'mail': '250 2.1.0 Ok', 'rcpt': '250 2.1.5 Ok', 'data': '354 Go',
    'dot': '250 2.0.0 Ok: queued', 'quit': '221 2.0.0 Bye',
    'noop': '250 2.0.0 Ok', 'rset': '250 2.0.0 Ok',
}
EHLO_TLS = '250-mx.example.test|250-STARTTLS|250 8BITMIME'
VERBS = {'EHLO': 'ehlo', 'HELO': 'ehlo', 'MAIL': 'mail', 'RCPT': 'rcpt',
         'NOOP': 'noop', 'RSET': 'rset'}


class Connection:
    """One client. Its fields are what it has said so far."""

    def __init__(self, server, peer):
        self.server = server
        self.peer = peer
        self.file = peer.makefile('rb')
        self.is_tls = False
        self.user = None
        self.helo = self.sender = self.rcpt = ''
        self.body = b''

    def answer(self, name):
        """What is to be said, after its pause."""
        server = self.server
        time.sleep(server.pause.get(name, 0))
        text = server.reply(name)
        if callable(text):
            text = text(self)
        if text is None:
            raise EOFError
        text = text.replace('{rcpt}', self.rcpt).replace(
            '{sender}', self.sender).replace('{helo}', self.helo)
        return text

    def send(self, text):
        for line in text.split('|'):
            self.peer.sendall(line.encode('utf-8', 'surrogateescape')
                              + b'\r\n')

    def say(self, name):
        text = self.answer(name)
        self.send(text)
        return text

    def line(self):
        line = self.file.readline()
        if not line:
            raise EOFError
        text = line.rstrip(b'\r\n').decode('utf-8', 'surrogateescape')
        self.server.heard.append(text)
        return text

    def start_tls(self):
        kind = self.server.tls
        if kind == 'garbage':
            self.peer.sendall(b'500 what is this?\r\n' * 3)
        if kind == 'silence':
            self.peer.recv(4096)
            self.server.closing.wait()
        if kind in ('close', 'silence', 'garbage'):
            raise EOFError
        self.peer = self.server.context.wrap_socket(self.peer,
                                                    server_side=True)
        self.file = self.peer.makefile('rb')
        self.is_tls = True

    def log_in(self, words):
        """AUTH PLAIN or LOGIN, in one line or in several."""
        def more(challenge):
            self.peer.sendall(b'334 ' + challenge + b'\r\n')
            return base64.b64decode(self.file.readline())

        first = base64.b64decode(words[2]) if len(words) > 2 else None
        if words[1].upper() == 'PLAIN':
            _, user, password = (first or more(b'')).split(b'\0')
        else:
            user = first or more(base64.b64encode(b'Username:'))
            password = more(base64.b64encode(b'Password:'))
        self.server.logins.append((words[1].upper(), user.decode(),
                                   password.decode(), self.is_tls))
        if (user.decode(), password.decode()) == self.server.account:
            self.say('auth')
            self.user = user
        else:
            self.peer.sendall(b'535 5.7.8 Bad credentials\r\n')

    def take_mail(self):
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                raise EOFError
            if line == b'.\r\n':
                break
            lines.append(line)
        self.body = b''.join(lines)
        self.server.bodies.append(self.body)
        text = self.answer('dot')
        # Before it is said: whoever hears it may look at once.
        if text.startswith('250'):
            self.server.mails.append((self.sender, self.rcpt, self.body,
                                      self.is_tls))
        self.send(text)

    def command(self):
        line = self.line()
        words = line.split(' ')
        verb = words[0].upper()
        inside = line[line.find('<') + 1:line.rfind('>')]
        if verb in ('EHLO', 'HELO'):
            self.helo = words[1]
            self.server.helos.append(words[1])
        elif verb == 'MAIL':
            self.sender = inside
        elif verb == 'RCPT':
            self.rcpt = inside
            self.server.rcpts.append(inside)
        if verb == 'STARTTLS':
            if self.say('starttls').startswith('220'):
                self.start_tls()
        elif verb == 'AUTH':
            self.log_in(words)
        elif verb == 'DATA':
            if self.say('data').startswith('354'):
                self.take_mail()
        elif verb == 'QUIT':
            self.say('quit')
            raise EOFError
        elif verb in VERBS:
            if self.say(VERBS[verb]).startswith('421'):
                raise EOFError
        else:
            self.peer.sendall(b'500 5.5.2 What?\r\n')

    def serve(self):
        try:
            if self.server.is_smtps:
                self.start_tls()
            if not self.say('greet').startswith('2'):
                raise EOFError
            while True:
                self.command()
        except (EOFError, OSError, ValueError):
            pass
        finally:
            for part in (self.file, self.peer):
                try:
                    part.close()
                except OSError:
                    pass


class Server:
    """Listens on a port of its own while the with block lasts."""

    def __init__(self, tls='ok', cert=None, is_smtps=False, account=None,
                 pause=None, **replies):
        self.replies = REPLIES | replies
        assert self.replies.keys() == REPLIES.keys(), replies
        self.tls = tls
        self.is_smtps = is_smtps
        self.account = account
        self.pause = pause or {}
        self.said = dict.fromkeys(REPLIES, 0)
        self.heard, self.rcpts, self.helos = [], [], []
        self.mails, self.bodies, self.logins = [], [], []
        self.connections = 0
        self.closing = threading.Event()
        self.context = None
        if cert is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*cert)
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]

    def reply(self, name):
        text = self.replies[name]
        if isinstance(text, list):
            text = text[min(self.said[name], len(text) - 1)]
        self.said[name] += 1
        return text

    def verbs(self):
        return [line.split(' ')[0].split(':')[0] for line in self.heard]

    def accept(self):
        while True:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            peer.settimeout(60)
            # A reply of several lines is not to wait for an acknowledgement.
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=Connection(self, peer).serve,
                             daemon=True).start()

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
