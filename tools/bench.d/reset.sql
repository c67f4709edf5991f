-- reset.sql - for pgbench: what one reset asks of the database. The worker's
-- part, the derivation, is left out: a verifier is drawn, of a salt that the
-- user keeps, as in life.
\set n random(1, :users)
SELECT login AS login, (r).result AS prepared, (r).user_id AS user_id, (r).basis AS basis FROM (SELECT 'user' || lpad(:n::text, 4, '0')) l (login), LATERAL (SELECT umws.reset_prepare(l.login, '192.0.2.1', 'pgbench') AS r) p \gset
SELECT (umws.reset_commit(gen_random_uuid(), :user_id::bigint, :login, '192.0.2.1', 'pgbench', :basis, ARRAY[:pepper], ARRAY['$argon2id$v=19$m=7168,t=5,p=1$' || substr(md5(:n::text), 1, 22) || '$' || substr(md5(random()::text) || md5(random()::text), 1, 43)], :mail_key, decode(repeat('00', 150), 'hex'))).result AS result \gset
