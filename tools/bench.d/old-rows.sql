-- old-rows.sql - as many old resets as the variable count says, settled, of
-- all users in turn, one after another until two days ago.
CREATE TEMPORARY TABLE old AS
SELECT g.n, u.id AS user_id, u.login, u.email,
    now() - interval '399 days' + g.n * interval '397 days' / :count AS at
FROM generate_series(1, :count) AS g (n)
    JOIN (SELECT id, login, email, row_number() OVER (ORDER BY id) - 1 AS place,
        count(*) OVER () AS users
        FROM umws.um_user) u ON u.place = g.n % u.users;

INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
    result, policy, operation_id, request_id, reset_number)
SELECT at, user_id, login, login, '192.0.2.0'::inet + n % 256, 'soap', 'reset',
    'ok', 'default', gen_random_uuid(), n::text,
    nextval('umws.audit_reset_number_seq')
FROM old;

INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
    key_id, state, next_attempt_at, created_at, expires_at, sent_at,
    display_name, extension, access_numbers, extra_text, is_locked_out,
    must_change)
SELECT gen_random_uuid(), user_id, 0, 'reset', email, 'en', 'k', 'sent', at, at,
    at + interval '5 days', at, '', '', '', '', false, true
FROM old;

VACUUM ANALYZE;
