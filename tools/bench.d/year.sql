-- year.sql - what one reset by each of count users in a year leaves where
-- "umwsctl db purge" has run every day but today: rows of the audit of 401 days
-- and settled mails of 91.
SET session_replication_role = replica;
SET synchronous_commit = off;

INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
    result, policy, operation_id, request_id, reset_number)
SELECT now() - interval '401 days' + interval '365 days' * (n / :count::float8),
    n, 'mailbox' || n, 'mailbox' || n, '192.0.2.0'::inet + n % 256, 'soap',
    'reset', 'ok', 'default', gen_random_uuid(), n::text,
    nextval('umws.audit_reset_number_seq')
FROM generate_series(1, :count::bigint * 401 / 365) AS g (n);

INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
    key_id, state, next_attempt_at, created_at, expires_at, sent_at,
    display_name, extension, access_numbers, extra_text, is_locked_out,
    must_change)
SELECT gen_random_uuid(), n, 1, 'reset', 'mailbox' || n || '@example.org', 'en',
    'k', 'sent', at, at, at + interval '5 days', at,
    'Given' || n % 5000 || ' Family' || n % 70001, (10000000 + n)::text, '', '',
    false, true
FROM generate_series(1, :count::bigint * 91 / 365) AS g (n),
    LATERAL (SELECT now() - interval '91 days'
        + interval '365 days' * (n / :count::float8)) AS a (at);
