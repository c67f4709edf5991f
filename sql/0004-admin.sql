-- 0004-admin.sql - what operators see and do: views without hashes and
-- sealed PINs, and functions whose errors are sentences for people.

SET LOCAL ROLE umws_owner;

CREATE VIEW umws.v_user AS
SELECT u.login, u.email, u.display_name, u.extension, u.locale, p.name AS policy,
    u.um_enabled, u.verifier IS NOT NULL AS has_pin, u.generation, u.set_at,
    u.expires_at, coalesce(u.expires_at <= now(), false) AS is_expired, u.must_change,
    u.pin_locked,
    u.locked_out_at IS NOT NULL AND (p.lockout_duration_s = 0
        OR u.locked_out_at + make_interval(secs => p.lockout_duration_s) > now())
        AS is_locked_out,
    u.locked_out_at, u.failed_logons, u.reset_due
FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id;
COMMENT ON VIEW umws.v_user IS 'Mailboxes without their verifiers; columns as in um_user.';
COMMENT ON COLUMN umws.v_user.policy IS 'Name of the policy.';
COMMENT ON COLUMN umws.v_user.has_pin IS 'A PIN is set.';
COMMENT ON COLUMN umws.v_user.is_expired IS 'The PIN''s life is over: a change is forced.';
COMMENT ON COLUMN umws.v_user.is_locked_out IS 'Locked out now, LockoutDuration considered.';

CREATE VIEW umws.v_policy AS
SELECT p.name, p.min_pin_length, p.pin_lifetime_days, p.pin_history_count,
    p.allow_common_patterns, p.logon_failures_before_reset, p.max_logon_attempts,
    p.lockout_duration_s, p.temp_pin_lifetime_days, p.reset_pin_text,
    p.um_enabled_text, p.resets_per_hour, p.resets_per_day, p.access_numbers
FROM umws.policy p;
COMMENT ON VIEW umws.v_policy IS 'Policies; columns as in policy.';

CREATE VIEW umws.v_outbox AS
SELECT o.id, u.login, o.generation, o.kind, o.recipient, o.locale, o.key_id,
    o.sealed IS NOT NULL AS has_sealed, o.state, o.attempts, o.next_attempt_at,
    coalesce(o.lease_until > now(), false) AS is_leased, o.created_at, o.expires_at,
    o.sent_at, o.last_error
FROM umws.outbox o JOIN umws.um_user u ON u.id = o.user_id;
COMMENT ON VIEW umws.v_outbox IS 'Mails without the sealed PINs; columns as in outbox.';
COMMENT ON COLUMN umws.v_outbox.login IS 'The mailbox.';
COMMENT ON COLUMN umws.v_outbox.has_sealed IS 'A sealed PIN is still there: the mail is to be sent.';
COMMENT ON COLUMN umws.v_outbox.is_leased IS 'A mailer works on it now.';

CREATE VIEW umws.v_audit AS
SELECT a.id, a.at, a.login, a.actor, a.actor_address, a.caller, a.action, a.result,
    a.rule, a.policy, a.reset_id, a.request_id, a.count
FROM umws.audit a;
COMMENT ON VIEW umws.v_audit IS 'What happened to PINs; columns as in audit.';

GRANT SELECT ON umws.v_user, umws.v_policy, umws.v_outbox, umws.v_audit TO umws_admin;

CREATE FUNCTION umws.user_add(
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

CREATE FUNCTION umws.policy_set(p_name text, p_settings jsonb) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_result     text := 'changed';
    v_unknown    text;
    v_constraint text;
    v_old        umws.policy;
    v_new        umws.policy;
BEGIN
    SELECT k INTO v_unknown FROM jsonb_object_keys(p_settings) AS k
    WHERE k NOT IN (SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = 'umws.v_policy'::regclass AND a.attnum > 0
            AND a.attname <> 'name')
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a policy has no setting "%"', v_unknown
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO umws.policy (name) VALUES (p_name) ON CONFLICT (name) DO NOTHING;
    IF FOUND THEN
        v_result := 'created';
    END IF;
    SELECT * INTO STRICT v_old FROM umws.policy p WHERE p.name = p_name FOR UPDATE;
    v_new := jsonb_populate_record(v_old, p_settings);
    UPDATE umws.policy p SET
        min_pin_length = v_new.min_pin_length,
        pin_lifetime_days = v_new.pin_lifetime_days,
        pin_history_count = v_new.pin_history_count,
        allow_common_patterns = v_new.allow_common_patterns,
        logon_failures_before_reset = v_new.logon_failures_before_reset,
        max_logon_attempts = v_new.max_logon_attempts,
        lockout_duration_s = v_new.lockout_duration_s,
        temp_pin_lifetime_days = v_new.temp_pin_lifetime_days,
        reset_pin_text = v_new.reset_pin_text,
        um_enabled_text = v_new.um_enabled_text,
        resets_per_hour = v_new.resets_per_hour,
        resets_per_day = v_new.resets_per_day,
        access_numbers = v_new.access_numbers
    WHERE p.id = v_old.id;
    RETURN v_result;
EXCEPTION
    WHEN check_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        RAISE EXCEPTION '%', CASE v_constraint
            WHEN 'policy_reset_before_lockout' THEN
                'LogonFailuresBeforePINReset must be below MaxLogonAttempts'
            WHEN 'policy_name_check' THEN
                format('"%s" cannot name a policy: 1 to 64 letters, digits, blanks, dots, dashes', p_name)
            ELSE format('a value is out of range (%s)', v_constraint) END
            USING ERRCODE = 'invalid_parameter_value';
END
$$;
COMMENT ON FUNCTION umws.policy_set(text, jsonb) IS
    'Change settings of a policy, keyed by column name; creates the policy if it is new. Returns created or changed.';
GRANT EXECUTE ON FUNCTION umws.policy_set(text, jsonb) TO umws_admin;

CREATE FUNCTION umws.mail_key_add(p_id text) RETURNS text
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

UPDATE umws.schema_info SET version = 4, upgraded_at = clock_timestamp();
RESET ROLE;
