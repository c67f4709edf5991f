"""What a client sends that would be another: no way to authenticate may
believe any of it. Plain words for plain tests; see test_servers.py for the
password's own."""
from soap import basic

NAMES = ('Remote-User', 'Remote_User', 'REMOTE_USER', 'X-Remote-User',
         'X-REMOTE-USER', 'Http-Remote-User', 'Redirect-Remote-User',
         'REDIRECT_REMOTE_USER',
         'OIDC_CLAIM_sub', 'OIDC-Claim-Sub', 'OIDC_CLAIM_preferred_username',
         'SSL_CLIENT_S_DN_UID', 'SSL-Client-S-DN-UID', 'SSL_CLIENT_S_DN_CN',
         'SSL-Client-Cert', 'X-SSL-Client-S-DN', 'GSS_NAME', 'Gss-Name',
         'X-Forwarded-User', 'X-Auth-Request-User', 'From')
CHECKED = {'Auth-Type': 'Basic', 'AUTH_TYPE': 'Negotiate',
           'SSL_CLIENT_VERIFY': 'SUCCESS', 'SSL-Client-Verify': 'SUCCESS',
           'UMWS-Route': 'soap', 'X-Original-Url': '/umws/health'}


def fields_of_others(stack, victim):
    """Sets of fields: each name alone, and all of them."""
    names = {name: victim for name in NAMES}
    secret = {'UMWS-Secret': stack.env['UMWS_SECRET'],
              'UMWS_SECRET': stack.env['UMWS_SECRET']}
    return [names, CHECKED, names | CHECKED | secret]


def authorizations(stack, victim):
    """Authorization fields that prove nothing here; the password is right
    where passwords are asked for."""
    token = basic(victim, stack.env['UMWS_PASSWORD'])['Authorization']
    return [{'Authorization': value} for value in (
        token, 'Basic', 'Basic !', token.replace('Basic', 'Bearer'),
        token.replace('Basic', 'Negotiate'), 'Negotiate', 'Negotiate YII=',
        'Negotiate TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=',
        f'Digest username="{victim}"',
        # {"alg":"none"} . {"sub":"user0001"} .
        'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyMDAwMSJ9.')]


def assert_nobody(stack, server, refusals, **more):
    """Without proof nobody is served, whatever else is said, and in whatever
    form the request comes.

    refusals  the status codes of which the answer must have one
    more      what send() is to add
    """
    victim = stack.user()
    before = stack.world()
    others = fields_of_others(stack, victim)
    cases = [{}, *others, *authorizations(stack, victim)]
    cases += [one | others[-1] for one in authorizations(stack, victim)]
    for fields in cases:
        answer = server.send(fields, **more)
        assert answer.status in refusals | {400}, (fields, answer.body)
        assert b'Envelope' not in answer.body, fields
    for path in ('/ews/um2007legacy.ASMX', '/UnifiedMessaging/Service.asmx',
                 server.url, '//EWS/UM2007Legacy.asmx',
                 '/EWS/./UM2007Legacy.asmx', '/EWS/%55M2007Legacy.asmx',
                 '/EWS/UM2007Legacy.asmx?x=1', '/umws/authenticate'):
        for version in (11, 10):
            answer = server.send(cases[-1], path=path, version=version,
                                 **more)
            assert answer.status in refusals | {400, 403, 404}, path
            assert b'Envelope' not in answer.body, path
    assert stack.world() == before
