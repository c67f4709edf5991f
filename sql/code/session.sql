-- session.sql - what every program asks of a new connection.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.schema_info(OUT version integer, OUT oldest_program integer)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT i.version, i.oldest_program FROM umws.schema_info i
$$;
COMMENT ON FUNCTION umws.schema_info() IS
    'Which schema this is: a program built for version n runs if oldest_program <= n <= version.';
GRANT EXECUTE ON FUNCTION umws.schema_info() TO umws_worker, umws_mailer, umws_admin, umws_helpdesk;

-- A helper: no role but the owner may call it. What is compared with a column
-- must not be said to have the collation "C", or no index of that column,
-- which has the database's, would be of use. It is inlined, and its result has
-- the collation of its argument.
CREATE OR REPLACE FUNCTION umws.login_form(p_login text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT lower(p_login COLLATE "C")
$$;
COMMENT ON FUNCTION umws.login_form(text) IS
    'A login as um_user has it.';

CREATE OR REPLACE FUNCTION umws.write_probe() RETURNS timestamptz
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT umws.commit_durably();
    UPDATE umws.heartbeat SET at = clock_timestamp() RETURNING at
$$;
COMMENT ON FUNCTION umws.write_probe() IS
    'Write one row and commit it: that the database can do so is what "ready" means.';
GRANT EXECUTE ON FUNCTION umws.write_probe() TO umws_worker, umws_mailer;

RESET ROLE;
