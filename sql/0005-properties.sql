-- 0005-properties.sql - what Outlook's voice mail page shows and sets, kept
-- for the phone system to read: v_user and the worker's two functions.

SET LOCAL ROLE umws_owner;

-- Constants as defaults: no row is rewritten, however many there are.
ALTER TABLE umws.um_user
    ADD COLUMN oof_status boolean NOT NULL DEFAULT false,
    ADD COLUMN missed_call_notification_enabled boolean NOT NULL DEFAULT true,
    ADD COLUMN play_on_phone_dial_string text NOT NULL DEFAULT ''
        CONSTRAINT um_user_play_on_phone_dial_string_check
        CHECK (octet_length(play_on_phone_dial_string) <= 128
            AND play_on_phone_dial_string !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    ADD COLUMN telephone_access_folder_email text NOT NULL DEFAULT ''
        CONSTRAINT um_user_telephone_access_folder_email_check
        CHECK (octet_length(telephone_access_folder_email) <= 512
            AND telephone_access_folder_email ~ '^[A-Za-z0-9+/]*={0,2}$');
COMMENT ON COLUMN umws.um_user.oof_status IS
    'OofStatus: callers hear the out-of-office greeting. The phone system reads it.';
COMMENT ON COLUMN umws.um_user.missed_call_notification_enabled IS
    'MissedCallNotificationEnabled: the user wants a mail for a missed call. The phone system reads it.';
COMMENT ON COLUMN umws.um_user.play_on_phone_dial_string IS
    'PlayOnPhoneDialString: the number to play messages on; empty = none. The phone system reads it.';
COMMENT ON COLUMN umws.um_user.telephone_access_folder_email IS
    'TelephoneAccessFolderEmail: MAPI id of the folder that is read out over the telephone, base64; empty = the inbox. The phone system reads it.';
COMMENT ON COLUMN umws.audit.action IS
    'reset: the user''s own reset; set_...: the user set that property, a column of um_user.';
COMMENT ON COLUMN umws.audit.reset_id IS
    'The worker''s id of this reset or change; unique, so that it happens once.';

-- A view can only grow at its end.
CREATE OR REPLACE VIEW umws.v_user AS
SELECT u.login, u.email, u.display_name, u.extension, u.locale, p.name AS policy,
    u.um_enabled, u.verifier IS NOT NULL AS has_pin, u.generation, u.set_at,
    u.expires_at, coalesce(u.expires_at <= now(), false) AS is_expired, u.must_change,
    u.pin_locked,
    u.locked_out_at IS NOT NULL AND (p.lockout_duration_s = 0
        OR u.locked_out_at + make_interval(secs => p.lockout_duration_s) > now())
        AS is_locked_out,
    u.locked_out_at, u.failed_logons, u.reset_due,
    u.oof_status, u.missed_call_notification_enabled,
    u.play_on_phone_dial_string, u.telephone_access_folder_email
FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id;

CREATE FUNCTION umws.properties_get(
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
    WHERE u.login = lower(p_login COLLATE "C") AND u.um_enabled;
    IF NOT FOUND THEN
        result := 'not_enabled';
    END IF;
END
$$;
COMMENT ON FUNCTION umws.properties_get(text) IS
    'The properties of this login''s mailbox. result: ok, not_enabled. Reads only, so it is not audited.';
GRANT EXECUTE ON FUNCTION umws.properties_get(text) TO umws_worker;

CREATE FUNCTION umws.properties_set(
        p_change_id uuid, p_login text, p_address inet, p_request_id text,
        p_property text, p_value text)
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login  text := lower(p_login COLLATE "C");
    v_user   umws.um_user;
    v_policy text;
    v_result text;
BEGIN
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = v_login FOR UPDATE;
    SELECT p.name INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    IF v_user.id IS NULL OR NOT v_user.um_enabled THEN
        PERFORM umws.audit_refusal(v_user.id, v_login, p_address, p_request_id,
            'set_' || p_property, 'not_enabled', NULL, v_policy);
        RETURN 'not_enabled';
    END IF;
    -- Whoever lost our answer asks again with the same id: under the lock
    -- one of the two calls sets the property, and the other finds the row.
    INSERT INTO umws.audit (user_id, login, actor, actor_address, action, result,
        policy, reset_id, request_id)
    VALUES (v_user.id, v_login, v_login, p_address, 'set_' || p_property, 'ok',
        v_policy, p_change_id, p_request_id)
    ON CONFLICT (reset_id) DO NOTHING;
    IF NOT FOUND THEN
        -- As in reset_outcome(): a write of our own commits behind the first
        -- one, and is answered when a synchronous standby has both.
        UPDATE umws.audit a SET result = a.result WHERE a.reset_id = p_change_id
        RETURNING a.result INTO STRICT v_result;
        RETURN v_result;
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
    UPDATE umws.um_user u SET
        oof_status = v_user.oof_status,
        missed_call_notification_enabled = v_user.missed_call_notification_enabled,
        play_on_phone_dial_string = v_user.play_on_phone_dial_string,
        telephone_access_folder_email = v_user.telephone_access_folder_email
    WHERE u.id = v_user.id;
    RETURN 'ok';
END
$$;
COMMENT ON FUNCTION umws.properties_set(uuid, text, inet, text, text, text) IS
    'Set one property (a column of um_user) of this login''s mailbox, once for each change id, and audit it. Returns ok, not_enabled.';
GRANT EXECUTE ON FUNCTION umws.properties_set(uuid, text, inet, text, text, text) TO umws_worker;

UPDATE umws.schema_info SET version = 5, upgraded_at = clock_timestamp();
RESET ROLE;
