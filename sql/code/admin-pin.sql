-- admin-pin.sql - what operators do to the state of a PIN. Each function
-- returns a sentence for people beside what it did.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.user_held(p_login text) RETURNS umws.um_user
    LANGUAGE plpgsql
AS $$
DECLARE
    v_user umws.um_user;
BEGIN
    SELECT * INTO v_user FROM umws.um_user u
    WHERE u.login = umws.login_form(p_login) FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no user "%": umwsctl user list shows them all', p_login
            USING ERRCODE = 'no_data_found';
    END IF;
    RETURN v_user;
END
$$;
COMMENT ON FUNCTION umws.user_held(text) IS
    'The mailbox of this login, locked until the end of the transaction; P0002 when there is none.';

CREATE OR REPLACE FUNCTION umws.policy_name(p_policy_id integer) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT p.name FROM umws.policy p WHERE p.id = p_policy_id
$$;
COMMENT ON FUNCTION umws.policy_name(integer) IS 'The name of a policy, for the audit.';

CREATE OR REPLACE FUNCTION umws.pin_lock(
        p_login text, p_is_locked boolean, p_is_change boolean, p_reason text,
        OUT login text, OUT is_changed boolean, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user umws.um_user;
BEGIN
    PERFORM umws.commit_durably();
    v_user := umws.user_held(p_login);
    login := v_user.login;
    IF p_is_change THEN
        is_changed := v_user.pin_locked <> p_is_locked;
        UPDATE umws.um_user u SET pin_locked = p_is_locked
        WHERE u.id = v_user.id AND is_changed;
    ELSE
        is_changed := v_user.locked_by_admin <> p_is_locked
            OR (NOT p_is_locked AND v_user.locked_out_at IS NOT NULL)
            OR (NOT p_is_locked AND v_user.failed_logons > 0);
        UPDATE umws.um_user u SET
            locked_out_at = CASE WHEN p_is_locked THEN clock_timestamp() END,
            locked_by_admin = p_is_locked,
            failed_logons = CASE WHEN p_is_locked THEN u.failed_logons ELSE 0 END
        WHERE u.id = v_user.id AND is_changed;
        -- What it tells has ended, or is an administrator's affair now.
        PERFORM umws.mails_supersede(v_user.id, ARRAY['locked']);
    END IF;
    PERFORM umws.audit_act(CASE WHEN p_is_locked THEN 'pin_lock' ELSE 'pin_unlock' END,
        v_user.id, login, umws.policy_name(v_user.policy_id),
        concat_ws(': ', CASE WHEN p_is_change THEN 'change' ELSE 'logon' END, nullif(p_reason, '')));
    message := format(CASE
        WHEN p_is_change AND p_is_locked THEN 'the PIN of %s is locked against change%s'
        WHEN p_is_change THEN 'the PIN of %s may be changed%s'
        WHEN p_is_locked THEN '%s is locked out: no logon by phone%s'
        ELSE '%s is not locked out%s' END,
        login, CASE WHEN is_changed THEN '' ELSE ', as before' END);
END
$$;
COMMENT ON FUNCTION umws.pin_lock(text, boolean, boolean, text) IS
    'Lock a mailbox out of logons by phone until it is unlocked (no reset and no LockoutDuration ends that), or end any lockout and clear its failed logons; p_is_change: lock its PIN against change instead (ResetPIN: PinLockedException).';
GRANT EXECUTE ON FUNCTION umws.pin_lock(text, boolean, boolean, text) TO umws_admin, umws_helpdesk;

CREATE OR REPLACE FUNCTION umws.pin_expire(
        p_login text, p_reason text,
        OUT login text, OUT is_changed boolean, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now  timestamptz;
    v_user umws.um_user;
BEGIN
    PERFORM umws.commit_durably();
    v_user := umws.user_held(p_login);
    v_now := clock_timestamp();
    login := v_user.login;
    IF v_user.verifier IS NULL THEN
        RAISE EXCEPTION '% has no PIN that could expire: umwsctl pin reset gives it one', login
            USING ERRCODE = 'invalid_parameter_value';
    ELSIF v_user.pin_locked THEN
        RAISE EXCEPTION 'the PIN of % is locked against change, so no change can be forced: umwsctl pin unlock % --change ends that', login, login
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    is_changed := v_user.expires_at IS NULL OR v_user.expires_at > v_now;
    UPDATE umws.um_user u SET expires_at = v_now
    WHERE u.id = v_user.id AND is_changed;
    PERFORM umws.mails_supersede(v_user.id, ARRAY['expiring']);
    PERFORM umws.audit_act('pin_expire', v_user.id, login,
        umws.policy_name(v_user.policy_id), p_reason);
    message := format('the PIN of %s has expired%s: the next logon has to change it', login,
        CASE WHEN is_changed THEN '' ELSE ', as before' END);
END
$$;
COMMENT ON FUNCTION umws.pin_expire(text, text) IS
    'End the life of a PIN now (PINLifetime): it opens the mailbox once more and must be changed.';
GRANT EXECUTE ON FUNCTION umws.pin_expire(text, text) TO umws_admin, umws_helpdesk;

RESET ROLE;
