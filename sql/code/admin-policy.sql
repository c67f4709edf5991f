-- admin-policy.sql - which policies there are, and the end of one.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE VIEW umws.v_policy_use AS
SELECT p.name, p.min_pin_length, p.pin_lifetime_days,
    (SELECT count(*) FROM umws.um_user u WHERE u.policy_id = p.id) AS users
FROM umws.policy p;
COMMENT ON VIEW umws.v_policy_use IS 'Policies, and how many mailboxes have each.';
COMMENT ON COLUMN umws.v_policy_use.users IS 'Mailboxes that have it.';
GRANT SELECT ON umws.v_policy_use TO umws_admin;

CREATE OR REPLACE FUNCTION umws.policy_remove(
        p_name text, OUT policy text, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id    integer;
    v_users bigint;
BEGIN
    PERFORM umws.commit_durably();
    IF p_name = 'default' THEN
        RAISE EXCEPTION 'the policy "default" stays: new mailboxes get it'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Whoever gives it to a mailbox meanwhile waits for us, or we for him.
    SELECT p.id INTO v_id FROM umws.policy p WHERE p.name = p_name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no policy "%": umwsctl policy list shows them all', p_name
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT count(*) INTO v_users FROM umws.um_user u WHERE u.policy_id = v_id;
    IF v_users > 0 THEN
        RAISE EXCEPTION 'the policy "%" is that of % %: give them another first', p_name, v_users,
            CASE WHEN v_users = 1 THEN 'mailbox' ELSE 'mailboxes' END
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT count(*) INTO v_users FROM umws.role_grant g WHERE g.policy_id = v_id;
    IF v_users > 0 THEN
        RAISE EXCEPTION 'the policy "%" is that of % of umwsctl role list: revoke them first', p_name,
            CASE WHEN v_users = 1 THEN '1 row' ELSE v_users::text || ' rows' END
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM umws.policy p WHERE p.id = v_id;
    PERFORM umws.audit_act('policy_remove', NULL, p_name, p_name, NULL);
    policy := p_name;
    message := format('policy %s is removed', p_name);
END
$$;
COMMENT ON FUNCTION umws.policy_remove(text) IS
    'Remove a policy that no mailbox and no grant has; never "default".';
GRANT EXECUTE ON FUNCTION umws.policy_remove(text) TO umws_admin;

RESET ROLE;
