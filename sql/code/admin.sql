-- admin.sql - what operators do: functions whose errors are sentences for
-- people.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.complain_of_number(p_table text) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'the number that is next for % is taken, as after a restore of rows alone: run `umwsctl db upgrade` as a superuser (--dsn)', p_table
        USING ERRCODE = 'unique_violation';
END
$$;
COMMENT ON FUNCTION umws.complain_of_number(text) IS
    'The sequence of this table''s key is behind its rows: say so.';

CREATE OR REPLACE FUNCTION umws.complain_of_twin(
        p_constraint text, p_login text, p_extension text)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF p_constraint = 'um_user_pkey' THEN
        PERFORM umws.complain_of_number('umws.um_user');
    END IF;
    IF p_constraint IN ('um_user_extension', 'um_user_login_key') THEN
        RAISE EXCEPTION '%', CASE p_constraint
            WHEN 'um_user_extension'
                THEN format('extension "%s" is in use by another mailbox', p_extension)
            ELSE format('there is a user "%s" already', p_login) END
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION umws.complain_of_twin(text, text, text) IS
    'Another mailbox has this login or extension: say so. Returns for any other constraint.';

CREATE OR REPLACE FUNCTION umws.user_add(
        p_login text, p_email text, p_display_name text, p_extension text,
        p_locale text, p_time_zone text, p_policy text, p_um_enabled boolean)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login      text := umws.login_form(p_login);
    v_policy_id  integer;
    v_complaint  text;
    v_constraint text;
    v_column     text;
    v_id         bigint;
BEGIN
    PERFORM umws.commit_durably();
    SELECT p.id INTO v_policy_id FROM umws.policy p
    WHERE p.name = coalesce(nullif(p_policy, ''), 'default');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no policy "%"', p_policy
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_complaint := umws.user_complaint(v_login, p_email, p_display_name, p_extension, p_locale,
        p_time_zone);
    IF v_complaint IS NOT NULL THEN
        RAISE EXCEPTION '%', v_complaint USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO umws.um_user (login, email, display_name, extension, locale,
        time_zone, policy_id, um_enabled)
    VALUES (v_login, p_email, coalesce(p_display_name, ''), nullif(p_extension, ''),
        nullif(p_locale, ''), nullif(p_time_zone, ''), v_policy_id, coalesce(p_um_enabled, true))
    RETURNING id INTO v_id;
    PERFORM umws.audit_act('user_add', v_id, v_login, coalesce(nullif(p_policy, ''), 'default'),
        (SELECT 'has the role ' || string_agg(DISTINCT g.role, ', ')
            FROM umws.role_grant g WHERE g.login = v_login));
    RETURN v_id;
EXCEPTION
    WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        PERFORM umws.complain_of_twin(v_constraint, v_login, p_extension);
        RAISE;
    WHEN not_null_violation THEN
        GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
        IF v_column NOT IN ('login', 'email') THEN
            RAISE;
        END IF;
        RAISE EXCEPTION 'a user needs a login and a mail address'
            USING ERRCODE = 'invalid_parameter_value';
END
$$;
COMMENT ON FUNCTION umws.user_add(text, text, text, text, text, text, text, boolean) IS
    'Add a mailbox without a PIN; returns its id. Empty extension, locale, time zone = none, policy = default.';
GRANT EXECUTE ON FUNCTION umws.user_add(text, text, text, text, text, text, text, boolean) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.policy_set(p_name text, p_fields jsonb) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_fields     name[];
    v_result     text := 'changed';
    v_unknown    text;
    v_constraint text;
    v_complaint  text;
    v_old        umws.policy;
    v_new        umws.policy;
BEGIN
    PERFORM umws.commit_durably();
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
    -- Of texts by language those that are named; null takes one away.
    v_new := jsonb_populate_record(v_old, p_fields || coalesce((
        SELECT jsonb_object_agg(o.key, jsonb_strip_nulls(o.value || f.value))
        FROM jsonb_each(to_jsonb(v_old)) AS o JOIN jsonb_each(p_fields) AS f USING (key)
        WHERE jsonb_typeof(o.value) = 'object' AND jsonb_typeof(f.value) = 'object'), '{}'));
    IF v_new.time_zone <> '' AND v_new.time_zone <> v_old.time_zone THEN
        SELECT z.complaint INTO v_complaint FROM umws.zone_complaints(ARRAY[v_new.time_zone]) z;
        IF FOUND THEN
            RAISE EXCEPTION '%', v_complaint USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END IF;
    EXECUTE (SELECT format('UPDATE umws.policy p SET %s WHERE p.id = $2',
            string_agg(format('%1$I = ($1).%1$I', f), ', '))
        FROM unnest(v_fields) AS f) USING v_new, v_old.id;
    PERFORM umws.audit_act('policy_set', NULL, p_name, p_name,
        (SELECT string_agg(k, ' ') FROM jsonb_object_keys(p_fields) AS k));
    RETURN v_result;
EXCEPTION
    WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        IF v_constraint <> 'policy_pkey' THEN
            RAISE;
        END IF;
        PERFORM umws.complain_of_number('umws.policy');
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
    'Change fields of a policy, keyed by column name; creates the policy if it is new. Of texts by language the named ones change, and null takes one away. Returns created or changed.';
GRANT EXECUTE ON FUNCTION umws.policy_set(text, jsonb) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.mail_key_add(p_id text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_constraint text;
BEGIN
    PERFORM umws.commit_durably();
    INSERT INTO umws.mail_key (id) VALUES (p_id) ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN (SELECT CASE k.state WHEN 'active' THEN 'known' ELSE k.state END
            FROM umws.mail_key k WHERE k.id = p_id);
    END IF;
    PERFORM umws.audit_act('mail_key_add', NULL, p_id, NULL, NULL);
    RETURN CASE
        WHEN EXISTS (SELECT FROM umws.mail_key k WHERE k.id <> p_id AND k.state = 'active')
            THEN 'added-beside'
        ELSE 'added' END;
EXCEPTION
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        IF v_constraint <> 'mail_key_id_check' THEN
            RAISE;
        END IF;
        RAISE EXCEPTION '"%" is no id of a mail key: 16 hex digits', p_id
            USING ERRCODE = 'invalid_parameter_value';
END
$$;
COMMENT ON FUNCTION umws.mail_key_add(text) IS
    'Register a mailer''s public key by its id, so that PINs may be sealed to it. Returns added; added-beside: other keys are active as well; known; retired: known, and no PIN may be sealed to it.';
GRANT EXECUTE ON FUNCTION umws.mail_key_add(text) TO umws_admin;

RESET ROLE;
