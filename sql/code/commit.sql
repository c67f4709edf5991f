-- commit.sql - how durably a transaction commits.
--
-- A helper: no role but the owner may call it. Each function that a role may
-- call and that writes begins with it, and so whoever calls that function
-- commits durably: whatever is set for the server, the database or the role,
-- and even if it is set while the connection is open.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.commit_durably() RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    -- Until the end of the transaction. A SET clause of a function would end
    -- with the function, which is before the commit. What is stronger stays.
    IF current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    -- A commit that did not reach its standby is told by a warning alone.
    IF current_setting('client_min_messages') = 'error' THEN
        PERFORM set_config('client_min_messages', 'warning', true);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.commit_durably() IS
    'Let this transaction''s commit be on the disk, and on a synchronous standby''s, before it is answered; remote_apply stays as it is.';

CREATE OR REPLACE FUNCTION umws.commit_behind() RETURNS void
    LANGUAGE sql
AS $$
    SELECT umws.commit_durably();
    SELECT pg_logical_emit_message(true, 'umws', '')
$$;
COMMENT ON FUNCTION umws.commit_behind() IS
    'Write something, though no row: what this transaction has read may have committed here and stand on no synchronous standby yet; a commit behind it is answered when both are safe.';

RESET ROLE;
