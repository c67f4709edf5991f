"""A real SMTP server that keeps what it takes and misbehaves on demand.

    sink_server.py MAIL-FOLDER FOLDER ADDRESS

Listens on a free port of ADDRESS, written to FOLDER/port; takes its mode as
a line from the Unix socket FOLDER/control. Every mode that gets to the
final dot, but 550-data, has taken the message by then, as RFC 5321,
section 6.1 wants it: what the client hears afterwards does not undo that.
"""
import asyncio
import datetime
import os
import pathlib
import socket
import sys

from aiosmtpd.smtp import SMTP


class Connection(SMTP):
    """One client; 421-after N counts the messages of its connection."""

    def __init__(self, sink, **options):
        super().__init__(sink, **options)
        self.sink = sink
        self.taken = 0

    async def smtp_MAIL(self, arg):
        if self.sink.mode == '421-after' and self.taken >= self.sink.number:
            self.sink.note('421 after messages: %d' % self.taken)
            await self.push('421 4.3.2 Enough for one connection')
            self.transport.close()
            return
        await super().smtp_MAIL(arg)


class Sink:
    """The mode, and what to do with sender, recipient and message."""

    def __init__(self, mails, address):
        self.mails = mails
        self.address = address
        self.mode = 'ok'
        self.number = 0
        self.count = len(list(mails.glob('*.eml')))
        self.changed = asyncio.Event()
        self.server = None
        self.port = 0

    def note(self, text):
        now = datetime.datetime.now(datetime.timezone.utc)
        print(f'{now:%Y-%m-%dT%H:%M:%S.%fZ} [{self.mode}] {text}',
              flush=True)

    async def set_mode(self, line):
        """Take a mode; whoever hangs in the old one is let go."""
        mode, _, number = line.partition(' ')
        self.mode = mode
        self.number = float(number or 0)
        self.changed.set()
        self.changed = asyncio.Event()
        self.note('mode set')
        if mode == 'down':
            await self.close()
        elif self.server is None:
            await self.listen()

    def reserve(self):
        """A socket bound to our port, which then is nobody else's."""
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((self.address, self.port))
        self.port = self.socket.getsockname()[1]

    async def listen(self):
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(
            lambda: Connection(self, hostname='sink.example.test',
                               ident='umws test sink', loop=loop,
                               enable_SMTPUTF8=True), sock=self.socket)

    async def close(self):
        """Refuse connections, but keep the port."""
        if self.server is not None:
            self.server.close()
            self.server = None
            self.reserve()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == '450':
            self.note(f'450 {address}')
            return '450 4.2.1 Try again later'
        if self.mode == '550-rcpt':
            self.note(f'550 {address}')
            return '550 5.1.1 No such mailbox'
        envelope.rcpt_tos.append(address)
        return '250 2.1.5 Fine'

    async def handle_DATA(self, server, session, envelope):
        if self.mode == '550-data':
            self.note('550 after the message')
            return '550 5.7.1 Not wanted'
        name = self.take(envelope)
        server.taken += 1
        if self.mode == 'delay':
            await asyncio.sleep(self.number)
        elif self.mode == 'hang-after-dot':
            await self.changed.wait()
            server.transport.abort()
        elif self.mode == 'close-after-dot':
            server.transport.abort()
        return f'250 2.0.0 Taken as {name}'

    def take(self, envelope):
        """Write the message down; its number is the order of acceptance."""
        self.count += 1
        name = f'{self.count:06d}.eml'
        now = datetime.datetime.now(datetime.timezone.utc)
        sender = envelope.mail_from
        head = (f'X-Sink-From: {sender}\r\n'
                f'X-Sink-To: {", ".join(envelope.rcpt_tos)}\r\n'
                f'X-Sink-Time: {now:%Y-%m-%dT%H:%M:%S.%fZ}\r\n')
        fresh = self.mails / (name + '.new')
        fresh.write_bytes(head.encode('utf-8', 'surrogateescape')
                          + envelope.original_content)
        fresh.rename(self.mails / name)
        self.note(f'took {name} for {", ".join(envelope.rcpt_tos)}')
        return name


async def serve(mails, folder, address):
    sink = Sink(mails, address)

    async def control(reader, writer):
        line = (await reader.readline()).decode().strip()
        if line:
            await sink.set_mode(line)
            writer.write(b'done\n')
            await writer.drain()
        writer.close()

    sink.reserve()
    await sink.listen()
    os.umask(0o117)
    await asyncio.start_unix_server(control, folder / 'control')
    os.umask(0o022)
    fresh = folder / 'port.new'
    fresh.write_text(f'{sink.port}\n')
    fresh.rename(folder / 'port')
    await asyncio.Event().wait()


if __name__ == '__main__':
    asyncio.run(serve(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]),
                      sys.argv[3]))
