-- old-rows.sql - as many old resets as the variable count says, settled, of
-- all users in turn, one after another until two days ago. Each mail waits
-- before it is settled, as it does in life, so that the indexes of the queue
-- have seen them all. (Many of a user wait at once: see outbox_live_user.)
SET session_replication_role = replica;
SET synchronous_commit = off;

CREATE TEMPORARY TABLE owner AS
SELECT id, login, email, row_number() OVER (ORDER BY id) - 1 AS place,
    count(*) OVER () AS users
FROM umws.um_user;

CREATE FUNCTION pg_temp.resets(p_from integer, p_to integer, p_count integer)
    RETURNS TABLE (n integer, user_id bigint, login text, email text,
        at timestamptz)
    LANGUAGE sql
AS $$
    SELECT g.n, o.id, o.login, o.email,
        now() - interval '399 days' + g.n * interval '397 days' / p_count
    FROM generate_series(p_from, p_to) AS g (n)
        JOIN owner o ON o.place = g.n % o.users
    ORDER BY g.n
$$;

SELECT s.command FROM generate_series(1, :count, 500000) AS g (n),
    format('pg_temp.resets(%s, %s, %s)', g.n, least(g.n + 499999, :count),
        :count) AS r (resets),
    unnest(ARRAY[format($$
INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
    result, policy, operation_id, request_id, reset_number)
SELECT at, user_id, login, login, '192.0.2.0'::inet + n %% 256, 'soap', 'reset',
    'ok', 'default', gen_random_uuid(), n::text,
    nextval('umws.audit_reset_number_seq')
FROM %s$$, r.resets), format($$
INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
    key_id, sealed, state, next_attempt_at, created_at, expires_at,
    display_name, extension, access_numbers, extra_text, is_locked_out,
    must_change)
SELECT gen_random_uuid(), user_id, 1, 'elsewhere', email, 'en', 'k',
    decode(repeat('00', 100), 'hex'), 'queued', at, at, at + interval '5 days',
    '', '', '', '', false, true
FROM %s$$, r.resets), $$
UPDATE umws.outbox SET state = 'sent', kind = 'reset', sealed = NULL,
    sent_at = created_at
WHERE sealed IS NOT NULL AND generation > 0$$,
    'VACUUM umws.outbox']) WITH ORDINALITY AS s (command, step)
ORDER BY g.n, s.step
\gexec

VACUUM ANALYZE;
