-- views.sql - what operators see: no hash and no sealed PIN.
--
-- CREATE OR REPLACE lets a view grow at its end and no more. One that is to
-- lose a column, or get another in between, is dropped in retired.sql first;
-- the rights that an operator has given on it go with it, which NEWS says.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE VIEW umws.v_user AS
SELECT u.login, u.email, u.display_name, u.extension, u.locale, u.time_zone,
    p.name AS policy, u.um_enabled, u.verifier IS NOT NULL AS has_pin, u.generation, u.set_at,
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
        -- As is_reset_due(), logon_verdict() and change_due().
        WHEN u.reset_due AND NOT u.pin_locked THEN 'reset_due'
        WHEN u.verifier IS NULL THEN 'no_pin'
        WHEN u.temporary_until <= now() THEN 'ended'
        WHEN u.pin_locked THEN 'ready'
        WHEN u.expires_at <= now() THEN 'expired'
        WHEN u.must_change THEN 'must_change'
        ELSE 'ready' END AS state,
    u.synced::text AS synced
FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    -- As umws.is_locked_out() has it, which readers of the view may not call.
    CROSS JOIN LATERAL (SELECT u.locked_out_at IS NOT NULL AND (u.locked_by_admin
        OR p.lockout_duration_s = 0 OR u.locked_out_at + make_interval(secs => p.lockout_duration_s) > now())
        AS is_locked_out) l;
COMMENT ON VIEW umws.v_user IS 'Mailboxes without their verifiers; columns as in um_user.';
COMMENT ON COLUMN umws.v_user.policy IS 'Name of the policy.';
COMMENT ON COLUMN umws.v_user.has_pin IS 'A PIN is set.';
COMMENT ON COLUMN umws.v_user.is_expired IS 'The PIN''s life is over: a change is forced.';
COMMENT ON COLUMN umws.v_user.is_locked_out IS 'Locked out now, LockoutDuration considered.';
COMMENT ON COLUMN umws.v_user.state IS 'What a logon by phone meets first: disabled, locked_out, reset_due, no_pin, ended (a drawn PIN too old), expired, must_change, ready.';
COMMENT ON COLUMN umws.v_user.synced IS 'What user sync has to do with it: NULL = nothing; see um_user.synced.';

CREATE OR REPLACE VIEW umws.v_pin AS
SELECT v.login, v.state, v.has_pin, v.is_expired, u.is_first_time, v.must_change,
    v.is_locked_out, v.pin_locked, v.failed_logons, v.reset_due, v.set_at, v.expires_at,
    v.temporary_ends_at, v.locked_out_at,
    CASE WHEN v.is_locked_out AND NOT u.locked_by_admin AND p.lockout_duration_s > 0
        THEN v.locked_out_at + make_interval(secs => p.lockout_duration_s) END
        AS lockout_ends_at,
    u.locked_by_admin
FROM umws.v_user v JOIN umws.um_user u ON u.login = v.login
    JOIN umws.policy p ON p.id = u.policy_id;
COMMENT ON VIEW umws.v_pin IS 'The state of each mailbox''s PIN, as Exchange''s Get-UMMailboxPIN has it; columns as in v_user.';
COMMENT ON COLUMN umws.v_pin.lockout_ends_at IS 'When the lockout ends by itself (LockoutDuration); NULL = it does not, or there is none.';
COMMENT ON COLUMN umws.v_pin.locked_by_admin IS 'An administrator has locked it out: nothing but pin unlock ends that.';

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
COMMENT ON COLUMN umws.v_outbox.has_sealed IS 'The mail is to be sent: the sealed PIN is still there, if it has one.';
COMMENT ON COLUMN umws.v_outbox.is_leased IS 'A mailer works on it now.';

CREATE OR REPLACE VIEW umws.v_outbox_lost AS
SELECT o.id, u.login, o.recipient, o.kind, o.state, o.attempts, o.created_at, o.lost_at,
    o.last_error,
    CASE WHEN NOT u.um_enabled THEN 'disabled' WHEN u.pin_locked THEN 'pin_locked' END
        AS against
FROM umws.outbox o JOIN umws.um_user u ON u.id = o.user_id AND u.generation = o.generation
WHERE o.lost_at IS NOT NULL AND o.state IN ('dead', 'expired') AND u.verifier IS NOT NULL
    -- As umws.mail_has_pin() has it, which readers of the view may not call.
    AND o.kind NOT IN ('changed', 'set', 'elsewhere', 'expiring', 'locked')
    -- A copy without an answer may have arrived: whoever has used the PIN has it.
    AND NOT EXISTS (SELECT FROM umws.audit a
        WHERE a.user_id = o.user_id AND a.at >= o.created_at AND a.action = 'logon'
            AND a.result IN ('ok', 'must_change'));
COMMENT ON VIEW umws.v_outbox_lost IS 'Mails that were never sent, though the PIN in each still is its mailbox''s and nobody has used it; columns as in outbox.';
COMMENT ON COLUMN umws.v_outbox_lost.login IS 'The mailbox.';
COMMENT ON COLUMN umws.v_outbox_lost.against IS 'Why an operator can give it no other PIN: disabled, pin_locked; NULL = nothing is against it.';

CREATE OR REPLACE VIEW umws.v_pin_change AS
SELECT c.id, c.login, c.extension, c.generation, c.kind, c.at,
    CASE WHEN c.given_up_at IS NOT NULL THEN 'given_up'
        WHEN c.lease_token IS NOT NULL AND c.next_attempt_at > now() THEN 'sending'
        ELSE 'queued' END AS state,
    c.attempts, CASE WHEN c.given_up_at IS NULL THEN c.next_attempt_at END AS next_attempt_at,
    c.given_up_at, c.last_error
FROM umws.pin_change c;
COMMENT ON VIEW umws.v_pin_change IS 'Changes of PINs that were not told yet, or not at all; columns as in pin_change.';
COMMENT ON COLUMN umws.v_pin_change.next_attempt_at IS 'As in pin_change; NULL = it was given up.';
COMMENT ON COLUMN umws.v_pin_change.state IS 'queued; sending: somebody is at it; given_up.';

CREATE OR REPLACE VIEW umws.v_audit AS
SELECT a.id, a.at, a.login, a.actor, a.actor_address, a.caller, a.action, a.result,
    a.rule, a.policy, a.operation_id, a.request_id, a.count, a.call, a.way, a.reason,
    (SELECT s.seal_id FROM umws.audit_sealed s WHERE s.audit_id = a.id) AS seal,
    a.db_user
FROM umws.audit a;
COMMENT ON VIEW umws.v_audit IS 'What happened to PINs; columns as in audit.';
COMMENT ON COLUMN umws.v_audit.seal IS 'Number of the seal over this row; NULL = none yet.';

CREATE OR REPLACE VIEW umws.v_seal AS
SELECT s.id, s.at, s.key_id, s.row_count, s.first_at, s.last_at, s.purged_at,
    encode(s.mac, 'hex') AS mac
FROM umws.audit_seal s;
COMMENT ON VIEW umws.v_seal IS 'Seals of the audit; columns as in audit_seal.';

CREATE OR REPLACE VIEW umws.v_outbox_stats AS
SELECT o.state::text AS state, o.kind::text AS kind, count(*) AS mails,
    min(o.created_at) AS oldest_at, max(o.created_at) AS newest_at,
    min(o.next_attempt_at) FILTER (WHERE o.sealed IS NOT NULL) AS next_attempt_at
FROM umws.outbox o GROUP BY o.state::text, o.kind::text;
COMMENT ON VIEW umws.v_outbox_stats IS 'How many mails are in which state.';
COMMENT ON COLUMN umws.v_outbox_stats.mails IS 'How many.';
COMMENT ON COLUMN umws.v_outbox_stats.oldest_at IS 'When the oldest was queued.';
COMMENT ON COLUMN umws.v_outbox_stats.newest_at IS 'When the newest was queued.';
COMMENT ON COLUMN umws.v_outbox_stats.next_attempt_at IS 'Of those that wait: when the first is due.';

-- A table without times does not say how it grows. Each column is named and
-- has its type in each part, or a restored dump would have another text.
CREATE OR REPLACE VIEW umws.v_table AS
SELECT t.name, t.row_count, pg_total_relation_size('umws.' || t.name) AS bytes,
    round(t.recent / t.days, 1) AS rows_per_day,
    round(t.recent / t.days * pg_total_relation_size('umws.' || t.name)
        / greatest(t.row_count, 1)) AS bytes_per_day
FROM (
    SELECT s.name, s.row_count, s.recent::numeric AS recent,
        least(greatest(extract(epoch FROM now() - s.oldest_at) / 86400, 1), 7) AS days
    FROM (
        SELECT 'audit'::text AS name, count(*) AS row_count, min(a.at) AS oldest_at,
            count(*) FILTER (WHERE a.at > now() - interval '168 hours') AS recent
        FROM umws.audit a
        UNION ALL
        SELECT 'audit_sealed'::text AS name,
            coalesce(sum(z.row_count) FILTER (WHERE z.purged_at IS NULL), 0::numeric)::bigint AS row_count,
            min(z.at) AS oldest_at,
            coalesce(sum(z.row_count) FILTER (WHERE z.at > now() - interval '168 hours'), 0::numeric)::bigint AS recent
        FROM umws.audit_seal z
        UNION ALL
        SELECT 'audit_seal'::text AS name, count(*) AS row_count, min(z.at) AS oldest_at,
            count(*) FILTER (WHERE z.at > now() - interval '168 hours') AS recent
        FROM umws.audit_seal z
        UNION ALL
        SELECT 'outbox'::text AS name, count(*) AS row_count, min(o.created_at) AS oldest_at,
            count(*) FILTER (WHERE o.created_at > now() - interval '168 hours') AS recent
        FROM umws.outbox o
        UNION ALL
        SELECT 'pin_history'::text AS name, count(*) AS row_count, min(h.set_at) AS oldest_at,
            count(*) FILTER (WHERE h.set_at > now() - interval '168 hours') AS recent
        FROM umws.pin_history h
        UNION ALL
        SELECT 'pin_change'::text AS name, count(*) AS row_count, min(c.at) AS oldest_at,
            count(*) FILTER (WHERE c.at > now() - interval '168 hours') AS recent
        FROM umws.pin_change c
        UNION ALL
        SELECT 'mail_key'::text AS name, count(*) AS row_count, min(k.added_at) AS oldest_at,
            count(*) FILTER (WHERE k.added_at > now() - interval '168 hours') AS recent
        FROM umws.mail_key k
        UNION ALL
        SELECT 'role_grant'::text AS name, count(*) AS row_count, min(g.granted_at) AS oldest_at,
            count(*) FILTER (WHERE g.granted_at > now() - interval '168 hours') AS recent
        FROM umws.role_grant g
        UNION ALL
        SELECT 'um_user'::text AS name, count(*) AS row_count,
            NULL::timestamptz AS oldest_at, NULL::bigint AS recent
        FROM umws.um_user u
        UNION ALL
        SELECT 'policy'::text AS name, count(*) AS row_count,
            NULL::timestamptz AS oldest_at, NULL::bigint AS recent
        FROM umws.policy p) s) t;
COMMENT ON VIEW umws.v_table IS 'How large the tables are, and how fast they grow; rows are counted.';
COMMENT ON COLUMN umws.v_table.bytes IS 'With indexes.';
COMMENT ON COLUMN umws.v_table.rows_per_day IS 'Of the last 7 days, or of fewer if no row is older; what was removed counts as never there. NULL: not known.';
COMMENT ON COLUMN umws.v_table.bytes_per_day IS 'The same in bytes.';

CREATE OR REPLACE VIEW umws.v_status AS
SELECT i.version, i.oldest_program, pg_database_size(current_database()) AS database_bytes,
    w.waiting_mails, w.oldest_waiting_at, z.id AS last_seal, z.at AS last_seal_at,
    (SELECT jsonb_agg(t ORDER BY t.bytes DESC, t.name) FROM umws.v_table t) AS tables,
    m.ended_at AS last_pass_at, m.host AS last_pass_host, m.exit_code AS last_pass_code
FROM umws.schema_info i
    CROSS JOIN (SELECT count(*) AS waiting_mails, min(o.created_at) AS oldest_waiting_at
        FROM umws.outbox o WHERE o.sealed IS NOT NULL AND o.generation > 0) w
    LEFT JOIN LATERAL (SELECT s.id, s.at FROM umws.audit_seal s
        ORDER BY s.id DESC LIMIT 1) z ON true
    LEFT JOIN LATERAL (SELECT n.ended_at, n.host, n.exit_code FROM umws.mailer_pass n
        ORDER BY n.ended_at DESC, n.host LIMIT 1) m ON true;
COMMENT ON VIEW umws.v_status IS 'The database in one row.';

CREATE OR REPLACE VIEW umws.v_stage AS
SELECT s.number, s.line, s.place, s.login,
    CASE WHEN s.is_told THEN 'told' WHEN s.reason IS NOT NULL THEN 'bad'
        ELSE coalesce(s.action, 'same') END AS what,
    s.action IS NOT NULL AS is_touched,
    s.mail IS NOT NULL AS has_mail, s.reason, s.difference, s.mail, u.display_name,
    u.extension, p.name AS policy
FROM umws.stage s LEFT JOIN umws.um_user u ON u.login = s.login
    LEFT JOIN umws.policy p ON p.id = u.policy_id;
COMMENT ON VIEW umws.v_stage IS
    'What an import or a sync has in hand, for its own transaction; columns as in stage, the last three as in um_user.';
COMMENT ON COLUMN umws.v_stage.what IS 'told, bad: the row is no good (told: the program knows); add, change, disable, same: what becomes of the mailbox.';
COMMENT ON COLUMN umws.v_stage.is_touched IS 'It is added, changed or disabled.';
COMMENT ON COLUMN umws.v_stage.has_mail IS 'A mail was withdrawn, or is under way.';

GRANT SELECT ON umws.v_user, umws.v_policy, umws.v_outbox, umws.v_pin_change, umws.v_audit, umws.v_seal,
    umws.v_table, umws.v_status, umws.v_outbox_stats, umws.v_outbox_lost, umws.v_stage
    TO umws_admin;
GRANT SELECT ON umws.v_pin TO umws_admin, umws_helpdesk;

RESET ROLE;
