-- admin.sql - what operators do: functions whose errors are sentences for
-- people.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.user_add(
        p_login text, p_email text, p_display_name text, p_extension text,
        p_locale text, p_policy text, p_um_enabled boolean)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login      text := lower(p_login COLLATE "C");
    v_policy_id  integer;
    v_constraint text;
    v_id         bigint;
BEGIN
    SELECT p.id INTO v_policy_id FROM umws.policy p
    WHERE p.name = coalesce(nullif(p_policy, ''), 'default');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no policy "%"', p_policy
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO umws.um_user (login, email, display_name, extension, locale,
        policy_id, um_enabled)
    VALUES (v_login, p_email, coalesce(p_display_name, ''), nullif(p_extension, ''),
        coalesce(nullif(p_locale, ''), 'en'), v_policy_id, coalesce(p_um_enabled, true))
    RETURNING id INTO v_id;
    RETURN v_id;
EXCEPTION
    WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        IF v_constraint = 'um_user_extension' THEN
            RAISE EXCEPTION 'extension "%" is in use by another mailbox', p_extension
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        RAISE EXCEPTION 'there is a user "%" already', v_login
            USING ERRCODE = 'invalid_parameter_value';
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        RAISE EXCEPTION '%', CASE v_constraint
            WHEN 'um_user_email_check' THEN format('"%s" is no mail address', p_email)
            WHEN 'um_user_extension_check' THEN
                format('extension "%s" is not 1 to 20 digits', p_extension)
            WHEN 'um_user_locale_check' THEN
                format('locale "%s" is no language tag such as en or de-AT', p_locale)
            WHEN 'um_user_display_name_check' THEN
                'the display name has over 128 characters or a control character'
            ELSE format('"%s" cannot be a login: 1 to 256 bytes, in normal form C, no control or invisible characters, no blank at an end', p_login)
            END
            USING ERRCODE = 'invalid_parameter_value';
    WHEN not_null_violation THEN
        RAISE EXCEPTION 'a user needs a login and a mail address'
            USING ERRCODE = 'invalid_parameter_value';
END
$$;
COMMENT ON FUNCTION umws.user_add(text, text, text, text, text, text, boolean) IS
    'Add a mailbox without a PIN; returns its id. Empty extension = none, locale = en, policy = default.';
GRANT EXECUTE ON FUNCTION umws.user_add(text, text, text, text, text, text, boolean) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.policy_set(p_name text, p_fields jsonb) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_fields     name[];
    v_result     text := 'changed';
    v_unknown    text;
    v_constraint text;
    v_old        umws.policy;
    v_new        umws.policy;
BEGIN
    SELECT array_agg(a.attname ORDER BY a.attnum) INTO STRICT v_fields FROM pg_attribute a
    WHERE a.attrelid = 'umws.policy'::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' AND a.attname NOT IN ('id', 'name');
    SELECT k INTO v_unknown FROM jsonb_object_keys(p_fields) AS k
    WHERE k <> ALL (v_fields) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a policy has no setting "%"', v_unknown
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO umws.policy (name) VALUES (p_name) ON CONFLICT (name) DO NOTHING;
    IF FOUND THEN
        v_result := 'created';
    END IF;
    SELECT * INTO STRICT v_old FROM umws.policy p WHERE p.name = p_name FOR UPDATE;
    v_new := jsonb_populate_record(v_old, p_fields);
    EXECUTE (SELECT format('UPDATE umws.policy p SET %s WHERE p.id = $2',
            string_agg(format('%1$I = ($1).%1$I', f), ', '))
        FROM unnest(v_fields) AS f) USING v_new, v_old.id;
    RETURN v_result;
EXCEPTION
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        RAISE EXCEPTION '%', CASE v_constraint
            WHEN 'policy_reset_before_lockout' THEN
                'LogonFailuresBeforePINReset must be below MaxLogonAttempts'
            WHEN 'policy_age_before_expiry' THEN
                'MinPINAge must be below PINLifetime'
            WHEN 'policy_name_check' THEN
                format('"%s" cannot name a policy: 1 to 64 letters, digits, blanks, dots, dashes', p_name)
            ELSE format('a value is out of range (%s)', v_constraint) END
            USING ERRCODE = 'invalid_parameter_value';
END
$$;
COMMENT ON FUNCTION umws.policy_set(text, jsonb) IS
    'Change fields of a policy, keyed by column name; creates the policy if it is new. Returns created or changed.';
GRANT EXECUTE ON FUNCTION umws.policy_set(text, jsonb) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.mail_key_add(p_id text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO umws.mail_key (id) VALUES (p_id) ON CONFLICT (id) DO NOTHING;
    RETURN CASE WHEN FOUND THEN 'added' ELSE 'known' END;
EXCEPTION
    WHEN check_violation THEN
        RAISE EXCEPTION '"%" is no id of a mail key: 16 hex digits', p_id
            USING ERRCODE = 'invalid_parameter_value';
END
$$;
COMMENT ON FUNCTION umws.mail_key_add(text) IS
    'Register a mailer''s public key by its id, so that PINs may be sealed to it. Returns added or known.';
GRANT EXECUTE ON FUNCTION umws.mail_key_add(text) TO umws_admin;

RESET ROLE;
