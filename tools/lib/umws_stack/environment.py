"""DIR/env: what whoever uses a stack has to know of it."""
from . import clusterhosts, process, programs
from .layout import DATABASE, OWNER, PG_PORT

ENDPOINTS = {'UMWS_URL': '/EWS/UM2007Legacy.asmx',
             'UMWS_URL_2007': '/UnifiedMessaging/Service.asmx',
             'UMWS_TUI_URL': '/umws/tui',
             'UMWS_METRICS_URL': '/umws/metrics',
             'UMWS_HEALTH_URL': '/umws/health'}


def health(url):
    """Does a worker say that it is ready?"""
    import urllib.error
    import urllib.request
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def values_of(layout, password, tui_password, smtp_port):
    """What DIR/env says."""
    base = (clusterhosts.base_urls()[0] if layout.options['cluster'] else
            f'http://127.0.0.1:{layout.options["port"]}')
    home = layout.home
    values = {'UMWS_DIR': layout.dir,
              'UMWS_SERVER': layout.options['server'],
              'UMWS_BASE_URL': base}
    values |= {name: base + path for name, path in ENDPOINTS.items()}
    values |= {'UMWS_USER': programs.user_name(1),
               'UMWS_PASSWORD': password,
               'UMWS_TUI_USER': 'phone', 'UMWS_TUI_PASSWORD': tui_password,
               'UMWS_FCGI_SOCKET': layout.fcgi_socket,
               'UMWS_SECRET': next(
                   iter(layout.keys('web.secret').values())),
               'UMWS_CONF': layout.config, 'UMWS_KEYDIR': home / 'keys',
               'UMWS_BINDIR': home / 'bin',
               'UMWS_LOGDIR': layout.dir / 'log',
               'UMWS_MAILDIR': layout.dir / 'mail',
               'UMWS_SMTP_PORT': smtp_port,
               'PGHOST': layout.pg_hosts, 'PGPORT': PG_PORT,
               'PGDATABASE': DATABASE, 'PGUSER': OWNER,
               'UMWS_DSN_WORKER': layout.service_dsn('umws_worker'),
               'UMWS_DSN_MAILER': layout.service_dsn('umws_mailer'),
               'UMWS_DSN_ADMIN': layout.dsn('umws_admin')}
    more = [name for name in ('standby', 'pgbouncer', 'asterisk')
            if layout.options[name]]
    names = ['worker', 'pg', 'web', 'sink', *more]
    if layout.options['cluster']:
        values |= clusterhosts.environment(layout)
        names = ['sink']
    for name in names:
        values[f'UMWS_{name.upper()}_PIDFILE'] = process.pid_file(layout, name)
    if layout.has_no_worker:
        for name in ('FCGI_SOCKET', 'WORKER_PIDFILE', 'METRICS_URL'):
            del values[f'UMWS_{name}']
    values['UMWS_CTL'] = home / 'wrap' / 'ctl'
    values['UMWS_MAILER'] = home / 'wrap' / 'mailer'
    return values
