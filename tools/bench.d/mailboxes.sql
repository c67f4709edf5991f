-- mailboxes.sql - as many mailboxes as the variable count says, each with the
-- PIN that its last reset gave it within a year.
SET session_replication_role = replica;
SET synchronous_commit = off;

INSERT INTO umws.um_user (login, email, display_name, extension, policy_id,
    pin_key_id, verifier, generation, set_at, must_change, is_first_time)
SELECT 'mailbox' || n, 'mailbox' || n || '@example.org',
    'Given' || n % 5000 || ' Family' || n % 70001, (10000000 + n)::text, p.id,
    :'pepper', '$argon2id$v=19$m=7168,t=5,p=1$' || substr(md5(n::text), 1, 22)
        || '$' || substr(md5(n::text) || md5((-n)::text), 1, 43), 1,
    now() - interval '365 days' * (n / :count::float8), true, false
FROM umws.policy p, generate_series(1, :count) AS g (n)
WHERE p.name = 'default';

INSERT INTO umws.pin_history (user_id, generation, pin_key_id, verifier, set_at)
SELECT u.id, u.generation, u.pin_key_id, u.verifier, u.set_at
FROM umws.um_user u WHERE u.login LIKE 'mailbox%';
