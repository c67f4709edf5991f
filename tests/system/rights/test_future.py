"""Rows that a later version has written: a program of this one keeps them,
says so, and takes them for neither damaged nor wrong."""
import pytest

import test_restore
from harness import CHEAP
from soap import call

OPTIONS = CHEAP + ('--limits', 'off')
CONFIGURATION = 78
SALT, HASH = 'c2FsdHNhbHRzYWx0c2Fs', 'aGFzaGhhc2hoYXNoaGFzaA'
VERIFIERS = {
    'version': f'$argon2id$v=20$m=8,t=1,p=1${SALT}${HASH}',
    'parameter': f'$argon2id$v=19$m=8,t=1,p=1,new=2${SALT}${HASH}',
    'lanes': f'$argon2id$v=19$m=16,t=1,p=2${SALT}${HASH}',
    'algorithm': f'$argon3$v=1$m=8,t=1,p=1${SALT}${HASH}',
    'long': f'$argon2id$v=19$m=8,t=1,p=1${SALT * 20}${HASH}',
    'blanks': f'$argon2id$v=19$m=8 t=1 p=1${SALT}${HASH}',
    'form': 'ours-since-version-9',
}


def rows(stack, login):
    """All that stands of this user, to the byte."""
    return stack.sql(
        'SELECT to_jsonb(u), (SELECT jsonb_agg(h ORDER BY h.generation)'
        ' FROM umws.pin_history h WHERE h.user_id = u.id), (SELECT'
        ' jsonb_agg(o ORDER BY o.generation) FROM umws.outbox o'
        ' WHERE o.user_id = u.id) FROM umws.um_user u WHERE u.login = %s',
        login)


def test_db_upgrade_looks_at_no_row(stack, user):
    """It neither mends nor erases what stands in the tables."""
    assert call(stack, user).status == 200
    stack.sql('UPDATE umws.outbox SET sealed = set_byte(sealed, 0, 2)'
              ' WHERE sealed IS NOT NULL')
    stack.sql('UPDATE umws.pin_history SET verifier = %s',
              VERIFIERS['version'])
    before = rows(stack, user)
    stack.sql('ALTER FUNCTION umws.write_probe() SECURITY INVOKER')
    assert len(test_restore.mended(test_restore.upgrade(stack))) == 1
    assert rows(stack, user) == before
    stack.sql("UPDATE umws.outbox SET state = 'superseded', sealed = NULL")


@pytest.mark.parametrize('verifier', VERIFIERS.values(), ids=VERIFIERS)
def test_a_verifier(stack, user, verifier):
    """Nobody can compare a PIN with it: there is no new one, and the old
    one stays as it is."""
    assert call(stack, user).status == 200
    with stack.unchecked('umws.verifier'):
        stack.sql('UPDATE umws.um_user SET verifier = %s WHERE login = %s',
                  verifier, user)
        stack.sql('UPDATE umws.pin_history h SET verifier = %s FROM'
                  ' umws.um_user u WHERE u.id = h.user_id AND u.login = %s',
                  verifier, user)
        before, log = rows(stack, user), len(stack.log('worker'))
        answer = call(stack, user)
        assert (answer.status, answer.code()) == (
            500, 'ErrorInternalServerError')
        said = stack.log('worker')[log:]
        assert 'settings-refused' in said or 'plan-unreadable' in said
        assert 'upgrade this program' in said
        assert verifier not in said
        assert rows(stack, user) == before
    stack.mailer()
    assert len(stack.mail_files(user)) == 1
    stack.sql('UPDATE umws.um_user SET verifier = NULL, pin_key_id = NULL'
              ' WHERE login = %s', user)
    stack.sql('DELETE FROM umws.pin_history h USING umws.um_user u'
              ' WHERE u.id = h.user_id AND u.login = %s', user)
    assert call(stack, user).status == 200


def test_a_sealed_pin(stack, user):
    """The mail waits for a mailer that can read it."""
    assert call(stack, user).status == 200
    sealed = ('SELECT o.sealed FROM umws.outbox o JOIN umws.um_user u ON'
              ' u.id = o.user_id WHERE u.login = %s')
    set_version = ('UPDATE umws.outbox o SET sealed = set_byte(sealed, 0, %s),'
                   ' next_attempt_at = now() FROM umws.um_user u'
                   ' WHERE u.id = o.user_id AND u.login = %s')
    first = bytes(stack.value(sealed, user))
    stack.sql(set_version, 2, user)
    said = stack.mailer(code=CONFIGURATION)
    assert 'its version is unknown' in said
    assert 'or of a newer version' in said
    # Not due again for long, and said all the same.
    assert 'mails-unreadable' in stack.mailer(code=CONFIGURATION)
    (mail,) = stack.outbox(user)
    assert (mail['state'], mail['has_sealed']) == ('queued', True)
    assert bytes(stack.value(sealed, user)) == b'\x02' + first[1:]
    assert stack.mail_files(user) == []
    stack.sql(set_version, 1, user)
    # It begins with what the last one could not read.
    stack.mailer(code=CONFIGURATION)
    assert len(stack.mail_files(user)) == 1
