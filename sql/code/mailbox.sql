-- mailbox.sql - the state of a mailbox and its PIN as JSON, for the pages: one's
-- own, and what both pages share. No PIN, no verifier, nothing sealed.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.json_time(p_at timestamptz) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;
COMMENT ON FUNCTION umws.json_time(timestamptz) IS
    'A moment in UTC, to the second, as RFC 3339 has it.';

CREATE OR REPLACE FUNCTION umws.mailbox_facts(p_login text) RETURNS jsonb
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('login', u.login, 'um_enabled', u.um_enabled,
            'display_name', u.display_name, 'email', u.email, 'extension', u.extension,
            'state', v.state, 'has_pin', v.has_pin, 'set_at', umws.json_time(v.set_at),
            'must_change', v.must_change, 'expires_at', umws.json_time(v.expires_at),
            'temporary_ends_at', umws.json_time(v.temporary_ends_at),
            'is_locked_out', v.is_locked_out, 'locked_by_admin', u.locked_by_admin,
            'locked_out_at', umws.json_time(CASE WHEN v.is_locked_out THEN v.locked_out_at END),
            'lockout_ends_at', umws.json_time(v.lockout_ends_at),
            'pin_locked', u.pin_locked, 'reset_due', u.reset_due,
            'access_numbers', p.access_numbers, 'help_desk_contact', p.help_desk_contact,
            'locale', coalesce(u.locale, p.default_language),
            'time_zone', coalesce(u.time_zone, nullif(p.time_zone, ''), 'UTC'),
            'brand_name', p.brand_name, 'brand_color', p.brand_color)
        FROM umws.um_user u JOIN umws.v_pin v ON v.login = u.login
            JOIN umws.policy p ON p.id = u.policy_id
        WHERE u.login = p_login);
END
$$;
COMMENT ON FUNCTION umws.mailbox_facts(text) IS
    'What may be told of a mailbox to whoever may know it, as a JSON object; NULL = there is none.';

CREATE OR REPLACE FUNCTION umws.resets_left(
        p_login text, OUT resets_left integer, OUT next_reset_at timestamptz)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_now      timestamptz := clock_timestamp();
    v_per_hour integer;
    v_per_day  integer;
    v_resets   timestamptz[];
BEGIN
    SELECT p.resets_per_hour, p.resets_per_day, ARRAY(
        SELECT a.at FROM umws.audit a
        WHERE a.user_id = u.id AND a.action = 'reset' AND a.result = 'ok'
            AND a.at > v_now - interval '24 hours'
        ORDER BY a.at DESC LIMIT greatest(p.resets_per_hour, p.resets_per_day))
    INTO v_per_hour, v_per_day, v_resets
    FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    WHERE u.login = p_login;
    resets_left := greatest(0, least(
        nullif(v_per_hour, 0) - (SELECT count(*) FROM unnest(v_resets) AS r (at)
            WHERE r.at > v_now - interval '1 hour'),
        nullif(v_per_day, 0) - cardinality(v_resets)));
    -- greatest() leaves out a NULL.
    IF v_per_hour = 0 AND v_per_day = 0 THEN
        resets_left := NULL;
    END IF;
    SELECT b.free_at INTO next_reset_at
    FROM umws.mailbox_back_off(v_resets, v_per_hour, v_per_day, v_now) b;
END
$$;
COMMENT ON FUNCTION umws.resets_left(text) IS
    'How many own resets the limits of the policy leave to this mailbox now (NULL = they have no end), and if none, when the next one is.';

CREATE OR REPLACE FUNCTION umws.mailbox_own(p_login text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login text := umws.login_form(p_login);
    v_facts jsonb := umws.mailbox_facts(v_login);
    v_role  jsonb := jsonb_build_object('is_helpdesk', EXISTS (
        SELECT FROM umws.role_grant g WHERE g.login = v_login AND g.role = 'helpdesk'));
    v_left  record;
BEGIN
    IF (v_facts ->> 'um_enabled')::boolean IS NOT TRUE THEN
        RETURN jsonb_build_object('login', v_login, 'um_enabled', false,
            'state', 'disabled') || v_role;
    END IF;
    v_left := umws.resets_left(v_login);
    RETURN v_facts || v_role || jsonb_build_object('resets_left', v_left.resets_left,
        'next_reset_at', umws.json_time(v_left.next_reset_at));
END
$$;
COMMENT ON FUNCTION umws.mailbox_own(text) IS
    'This login''s own mailbox, as a JSON object; without one, and with a disabled one, the same few members. Reads only, so it is not audited.';
GRANT EXECUTE ON FUNCTION umws.mailbox_own(text) TO umws_worker;

RESET ROLE;
