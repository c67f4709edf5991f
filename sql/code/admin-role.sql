-- admin-role.sql - who may do what for others by the web service.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE VIEW umws.v_role_grant AS
SELECT g.role, g.login, p.name AS policy, g.granted_at
FROM umws.role_grant g LEFT JOIN umws.policy p ON p.id = g.policy_id;
COMMENT ON VIEW umws.v_role_grant IS 'Who has which role; columns as in role_grant.';
COMMENT ON COLUMN umws.v_role_grant.policy IS 'For the mailboxes of this policy alone; NULL = for all.';
GRANT SELECT ON umws.v_role_grant TO umws_admin;

CREATE OR REPLACE FUNCTION umws.role_check(p_role text) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF p_role IS DISTINCT FROM 'helpdesk' THEN
        RAISE EXCEPTION 'there is no role "%"; there is helpdesk', left(p_role, 60)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION umws.role_check(text) IS 'Complain of a role that there is not.';

CREATE OR REPLACE FUNCTION umws.role_policy(p_policy text) RETURNS integer
    LANGUAGE plpgsql
AS $$
DECLARE
    v_id integer;
BEGIN
    SELECT p.id INTO v_id FROM umws.policy p WHERE p.name = p_policy FOR KEY SHARE;
    IF p_policy IS NOT NULL AND v_id IS NULL THEN
        RAISE EXCEPTION 'there is no policy "%": umwsctl policy list shows them all', left(p_policy, 100)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION umws.role_policy(text) IS
    'The id of a policy that a grant is limited to; NULL for NULL. It stays until the end of the transaction.';

CREATE OR REPLACE FUNCTION umws.role_grant(
        p_role text, p_login text, p_policy text,
        OUT role text, OUT login text, OUT policy text, OUT is_changed boolean, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    PERFORM umws.role_check(p_role);
    role := p_role;
    login := umws.login_form(p_login);
    policy := p_policy;
    INSERT INTO umws.role_grant AS g (role, login, policy_id)
    VALUES (p_role, umws.login_form(p_login), umws.role_policy(p_policy))
    ON CONFLICT DO NOTHING;
    is_changed := FOUND;
    PERFORM umws.audit_act('role_grant', NULL, login, policy, role);
    message := format('%s has the role %s for %s%s', login, role,
        CASE WHEN policy IS NULL THEN 'all mailboxes'
            ELSE format('the mailboxes of policy %s', policy) END,
        CASE WHEN is_changed THEN '' ELSE ', as before' END);
EXCEPTION WHEN check_violation THEN
    RAISE EXCEPTION '"%" cannot be a login', left(p_login, 100)
        USING ERRCODE = 'invalid_parameter_value';
END
$$;
COMMENT ON FUNCTION umws.role_grant(text, text, text) IS
    'Let a login act for others in a role (helpdesk), for the mailboxes of one policy or, with NULL, of all. The login needs no mailbox.';
GRANT EXECUTE ON FUNCTION umws.role_grant(text, text, text) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.role_revoke(
        p_role text, p_login text, p_policy text,
        OUT role text, OUT login text, OUT policy text, OUT grants bigint, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_policy_id integer;
BEGIN
    PERFORM umws.commit_durably();
    PERFORM umws.role_check(p_role);
    role := p_role;
    login := umws.login_form(p_login);
    policy := p_policy;
    v_policy_id := umws.role_policy(p_policy);
    -- In the order in which helpdesk_commit() locks them.
    PERFORM FROM umws.role_grant g WHERE g.login = umws.login_form(p_login) AND g.role = p_role
    ORDER BY g.policy_id NULLS FIRST FOR UPDATE;
    DELETE FROM umws.role_grant g
    WHERE g.role = p_role AND g.login = umws.login_form(p_login)
        AND (p_policy IS NULL OR g.policy_id = v_policy_id);
    GET DIAGNOSTICS grants = ROW_COUNT;
    IF grants = 0 THEN
        RAISE EXCEPTION '"%" does not have the role %: umwsctl role list shows who has', login,
            concat_ws(' for policy ', role, p_policy)
            USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM umws.audit_act('role_revoke', NULL, login, policy, role);
    message := format('%s no longer has the role %s%s', login, role,
        coalesce(' for policy ' || policy, ''));
END
$$;
COMMENT ON FUNCTION umws.role_revoke(text, text, text) IS
    'End what role_grant did: for one policy, or with NULL all grants of this role; P0002 when there is none.';
GRANT EXECUTE ON FUNCTION umws.role_revoke(text, text, text) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.role_held(p_login text) RETURNS text
    LANGUAGE plpgsql
AS $$
BEGIN
    -- In the order in which helpdesk_commit() locks them.
    PERFORM FROM umws.role_grant g WHERE g.login = umws.login_form(p_login)
    ORDER BY g.role, g.policy_id NULLS FIRST FOR UPDATE;
    RETURN (SELECT string_agg(DISTINCT g.role, ', ') FROM umws.role_grant g
        WHERE g.login = umws.login_form(p_login));
END
$$;
COMMENT ON FUNCTION umws.role_held(text) IS
    'The roles of a login, locked until the end of the transaction: before its mailbox is, as by a help desk caller. NULL: it has none.';

CREATE OR REPLACE FUNCTION umws.role_end(p_login text) RETURNS text
    LANGUAGE sql
AS $$
    WITH ended AS (
        DELETE FROM umws.role_grant g WHERE g.login = umws.login_form(p_login) RETURNING g.role)
    SELECT string_agg(DISTINCT e.role, ', ') FROM ended e
$$;
COMMENT ON FUNCTION umws.role_end(text) IS
    'Revoke every role of a login that is given up, so that who gets it later does not have them; which ones, NULL: it had none.';

RESET ROLE;
