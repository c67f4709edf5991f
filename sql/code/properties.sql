-- properties.sql - what Outlook's voice mail page shows and sets, kept for
-- the phone system to read.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.properties_get(
        p_login text,
        OUT result text, OUT oof_status boolean,
        OUT missed_call_notification_enabled boolean,
        OUT play_on_phone_dial_string text, OUT telephone_access_numbers text,
        OUT telephone_access_folder_email text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT 'ok', u.oof_status, u.missed_call_notification_enabled,
        u.play_on_phone_dial_string, p.access_numbers, u.telephone_access_folder_email
    INTO result, oof_status, missed_call_notification_enabled,
        play_on_phone_dial_string, telephone_access_numbers, telephone_access_folder_email
    FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    WHERE u.login = umws.login_form(p_login) AND u.um_enabled;
    IF NOT FOUND THEN
        result := 'not_enabled';
    END IF;
END
$$;
COMMENT ON FUNCTION umws.properties_get(text) IS
    'The properties of this login''s mailbox. result: ok, not_enabled. Reads only, so it is not audited.';
GRANT EXECUTE ON FUNCTION umws.properties_get(text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.properties_set(
        p_change_id uuid, p_login text, p_address inet, p_request_id text,
        p_property text, p_value text,
        OUT result text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login  text := umws.login_form(p_login);
    v_user   umws.um_user;
    v_policy text;
BEGIN
    PERFORM umws.commit_durably();
    IF p_property IS NULL OR p_value IS NULL THEN
        RAISE EXCEPTION 'a property and its value are wanted'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = v_login FOR UPDATE;
    -- Whoever lost our answer asks again with the same id, which the lock
    -- has let wait for the first call: that one's outcome stands, whatever
    -- became of the mailbox since.
    SELECT a.result INTO result FROM umws.audit a
    WHERE a.operation_id = p_change_id AND a.user_id = v_user.id;
    IF FOUND THEN
        PERFORM umws.commit_behind();
        RETURN;
    END IF;
    SELECT p.name INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    result := 'ok';
    IF v_user.id IS NULL OR NOT v_user.um_enabled THEN
        result := 'not_enabled';
    ELSE
        back_off_ms := umws.change_back_off_ms(v_user.id);
        IF back_off_ms IS NOT NULL THEN
            result := 'busy';
        END IF;
    END IF;
    IF result <> 'ok' THEN
        PERFORM umws.audit_refusal(v_user.id, v_login, v_login, p_address, p_request_id,
            'set_' || p_property, result,
            CASE WHEN result = 'busy' THEN 'user-hour' WHEN v_user.id IS NULL THEN 'unknown'
                ELSE 'disabled' END, v_policy);
        RETURN;
    END IF;
    CASE p_property
        WHEN 'oof_status' THEN
            v_user.oof_status := p_value::boolean;
        WHEN 'missed_call_notification_enabled' THEN
            v_user.missed_call_notification_enabled := p_value::boolean;
        WHEN 'play_on_phone_dial_string' THEN
            v_user.play_on_phone_dial_string := p_value;
        WHEN 'telephone_access_folder_email' THEN
            v_user.telephone_access_folder_email := p_value;
    END CASE;
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        policy, operation_id, request_id)
    VALUES (v_user.id, v_login, v_login, p_address, 'soap', 'set_' || p_property, 'ok',
        v_policy, p_change_id, p_request_id);
    UPDATE umws.um_user u SET
        oof_status = v_user.oof_status,
        missed_call_notification_enabled = v_user.missed_call_notification_enabled,
        play_on_phone_dial_string = v_user.play_on_phone_dial_string,
        telephone_access_folder_email = v_user.telephone_access_folder_email
    WHERE u.id = v_user.id;
END
$$;
COMMENT ON FUNCTION umws.properties_set(uuid, text, inet, text, text, text) IS
    'Set one property (a column of um_user) of this login''s mailbox, once for each change id, and audit it. result: ok, not_enabled, busy (back_off_ms).';
GRANT EXECUTE ON FUNCTION umws.properties_set(uuid, text, inet, text, text, text) TO umws_worker;

RESET ROLE;
