-- views.sql - what operators see: no hash and no sealed PIN.
--
-- CREATE OR REPLACE lets a view grow at its end and no more. One that is to
-- lose a column, or get another in between, is dropped in retired.sql first;
-- the rights that an operator has given on it go with it, which NEWS says.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE VIEW umws.v_user AS
SELECT u.login, u.email, u.display_name, u.extension, u.locale, p.name AS policy,
    u.um_enabled, u.verifier IS NOT NULL AS has_pin, u.generation, u.set_at,
    u.expires_at, coalesce(u.expires_at <= now(), false) AS is_expired, u.must_change,
    u.pin_locked,
    l.is_locked_out,
    u.locked_out_at, u.failed_logons, u.reset_due,
    u.oof_status, u.missed_call_notification_enabled,
    u.play_on_phone_dial_string, u.telephone_access_folder_email,
    u.temporary_until AS temporary_ends_at,
    CASE
        WHEN NOT u.um_enabled THEN 'disabled'
        WHEN l.is_locked_out THEN 'locked_out'
        WHEN u.reset_due THEN 'reset_due'
        WHEN u.verifier IS NULL THEN 'no_pin'
        WHEN u.must_change AND u.temporary_until <= now() THEN 'ended'
        WHEN u.expires_at <= now() THEN 'expired'
        WHEN u.must_change THEN 'must_change'
        ELSE 'ready' END AS state
FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    -- As umws.is_locked_out() has it, which readers of the view may not call.
    CROSS JOIN LATERAL (SELECT u.locked_out_at IS NOT NULL AND (p.lockout_duration_s = 0
        OR u.locked_out_at + make_interval(secs => p.lockout_duration_s) > now())
        AS is_locked_out) l;
COMMENT ON VIEW umws.v_user IS 'Mailboxes without their verifiers; columns as in um_user.';
COMMENT ON COLUMN umws.v_user.policy IS 'Name of the policy.';
COMMENT ON COLUMN umws.v_user.has_pin IS 'A PIN is set.';
COMMENT ON COLUMN umws.v_user.is_expired IS 'The PIN''s life is over: a change is forced.';
COMMENT ON COLUMN umws.v_user.is_locked_out IS 'Locked out now, LockoutDuration considered.';
COMMENT ON COLUMN umws.v_user.state IS 'What a logon by phone meets first: disabled, locked_out, reset_due, no_pin, ended (a drawn PIN too old), expired, must_change, ready.';

-- All columns that policy_set() sets, so that a new one is named once.
DO $$
BEGIN
    EXECUTE (SELECT format('CREATE OR REPLACE VIEW umws.v_policy AS SELECT %s FROM umws.policy p',
            string_agg(format('p.%I', a.attname), ', ' ORDER BY a.attnum))
        FROM pg_attribute a
        WHERE a.attrelid = 'umws.policy'::regclass AND a.attnum > 0
            AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname <> 'id');
END
$$;
COMMENT ON VIEW umws.v_policy IS 'Policies; columns as in policy.';

CREATE OR REPLACE VIEW umws.v_outbox AS
SELECT o.id, u.login, o.generation, o.kind, o.recipient, o.locale, o.key_id,
    o.sealed IS NOT NULL AS has_sealed, o.state, o.attempts, o.next_attempt_at,
    coalesce(o.lease_until > now(), false) AS is_leased, o.created_at, o.expires_at,
    o.sent_at, o.last_error
FROM umws.outbox o JOIN umws.um_user u ON u.id = o.user_id;
COMMENT ON VIEW umws.v_outbox IS 'Mails without the sealed PINs; columns as in outbox.';
COMMENT ON COLUMN umws.v_outbox.login IS 'The mailbox.';
COMMENT ON COLUMN umws.v_outbox.has_sealed IS 'A sealed PIN is still there: the mail is to be sent.';
COMMENT ON COLUMN umws.v_outbox.is_leased IS 'A mailer works on it now.';

CREATE OR REPLACE VIEW umws.v_audit AS
SELECT a.id, a.at, a.login, a.actor, a.actor_address, a.caller, a.action, a.result,
    a.rule, a.policy, a.operation_id, a.request_id, a.count, a.call, a.way, a.reason
FROM umws.audit a;
COMMENT ON VIEW umws.v_audit IS 'What happened to PINs; columns as in audit.';

CREATE OR REPLACE VIEW umws.v_stage AS
SELECT s.number, s.line, s.place, s.login,
    CASE WHEN s.is_told THEN 'told' WHEN s.reason IS NOT NULL THEN 'bad'
        ELSE coalesce(s.action, 'same') END AS what,
    s.action IS NOT NULL AS is_touched,
    s.mail IS NOT NULL AS has_mail, s.reason, s.difference, s.mail, u.display_name,
    u.extension, u.locale, p.name AS policy
FROM umws.stage s LEFT JOIN umws.um_user u ON u.login = s.login
    LEFT JOIN umws.policy p ON p.id = u.policy_id;
COMMENT ON VIEW umws.v_stage IS
    'What an import or a sync has in hand, for its own transaction; columns as in stage, the last four as in um_user.';
COMMENT ON COLUMN umws.v_stage.what IS 'told, bad: the row is no good (told: the program knows); add, change, disable, same: what becomes of the mailbox.';
COMMENT ON COLUMN umws.v_stage.is_touched IS 'It is added, changed or disabled.';
COMMENT ON COLUMN umws.v_stage.has_mail IS 'A mail was withdrawn, or is under way.';

GRANT SELECT ON umws.v_user, umws.v_policy, umws.v_outbox, umws.v_audit, umws.v_stage
    TO umws_admin;

RESET ROLE;
