"""What the database knows of one user, seen without umws's own programs."""
from . import postgres
from .layout import StackError

VERIFIER = """
SELECT id, pin_key_id, verifier FROM umws.um_user WHERE login = :'login';
"""
STATE = """
SELECT json_build_object(
    'login', u.login, 'generation', u.generation, 'has_pin', u.has_pin,
    'failed_logons', u.failed_logons, 'locked_out', u.is_locked_out,
    'pin_locked', u.pin_locked, 'must_change', u.must_change,
    'set_at', u.set_at, 'expires_at', u.expires_at,
    'history_count', (
        SELECT count(*) FROM umws.pin_history h
        JOIN umws.um_user t ON t.id = h.user_id WHERE t.login = u.login),
    'outbox', (
        SELECT coalesce(json_agg(o ORDER BY o.generation, o.created_at), '[]')
        FROM (SELECT id, generation, state, kind, recipient, attempts,
                  has_sealed, is_leased, created_at, sent_at, last_error
              FROM umws.v_outbox WHERE login = u.login) o),
    'audit', (
        SELECT coalesce(json_agg(a ORDER BY a.id), '[]')
        FROM (SELECT * FROM umws.v_audit WHERE login = u.login
                  AND way <> 'umwsctl'
              ORDER BY id DESC LIMIT 10) a))
FROM umws.v_user u WHERE u.login = :'login';
"""
NO_USER = 67            # EX_NOUSER


def check_pin(layout, login, pin):
    """Does the PIN match the stored verifier? Counts no failure.

    The other half of the promise that any Argon2 implementation can check
    a verifier: this one is the reference's, not libsodium.
    """
    import argon2.low_level
    import base64
    import hashlib
    import hmac
    row = postgres.query(layout, VERIFIER, login=login.lower())
    if not row:
        raise StackError(f'{login}: no such user', code=NO_USER)
    number, key_id, verifier = row.split('\t')
    if not verifier:
        return False
    pepper = layout.keys('pepper.key').get(key_id)
    if pepper is None:
        raise StackError(f'pepper.key has no key "{key_id}"', code=78)
    keyed = hmac.new(base64.b64decode(pepper),
                     number.encode() + b'\0' + pin.encode(),
                     hashlib.sha256).digest()
    try:
        return argon2.low_level.verify_secret(
            verifier.encode(), keyed, argon2.low_level.Type.ID)
    except argon2.exceptions.VerifyMismatchError:
        return False


def state(layout, login):
    """One JSON object about the user."""
    row = postgres.query(layout, STATE, login=login.lower())
    if not row:
        raise StackError(f'{login}: no such user', code=NO_USER)
    return row
