-- admin-explain.sql - what a reset by a name would answer, and why, for a help
-- desk: a row for each thing there is to say.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.utc_text(p_at timestamptz) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;
COMMENT ON FUNCTION umws.utc_text(timestamptz) IS 'A time as people and programs are shown it.';

CREATE OR REPLACE FUNCTION umws.explain_reset(
        p_user umws.um_user, p_cause text, p_is_stripped boolean, p_other text,
        OUT word text, OUT until timestamptz, OUT message text)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_policy umws.policy;
    v_now    timestamptz := clock_timestamp();
    v_one    record;
    v_all    record;
BEGIN
    IF p_user.id IS NULL THEN
        word := 'not_enabled';
        message := 'ErrorUserNotUnifiedMessagingEnabled: no mailbox has this login' || CASE
            WHEN p_cause <> 'other' THEN ''
            WHEN p_is_stripped THEN format(', but "%s" has one: strip_domains in umws.conf drops the domain', p_other)
            ELSE format(', but "%s" has one: the domain is not in strip_domains of umws.conf', p_other) END;
        RETURN;
    END IF;
    SELECT * INTO STRICT v_policy FROM umws.policy p WHERE p.id = p_user.policy_id;
    v_one := umws.mailbox_back_off(ARRAY(
            SELECT a.at FROM umws.audit a
            WHERE a.user_id = p_user.id AND a.action = 'reset' AND a.result = 'ok'
                AND a.at > v_now - interval '24 hours'
            ORDER BY a.at DESC
            LIMIT greatest(v_policy.resets_per_hour, v_policy.resets_per_day)),
        v_policy.resets_per_hour, v_policy.resets_per_day, v_now);
    v_all := umws.common_back_off(NULL, v_now);
    IF v_all.free_at > coalesce(v_one.free_at, v_now) THEN
        v_one := v_all;
    END IF;
    IF NOT p_user.um_enabled THEN
        word := 'not_enabled';
        message := 'ErrorUserNotUnifiedMessagingEnabled: the mailbox is disabled';
    ELSIF p_user.pin_locked THEN
        word := 'pin_locked';
        message := format('ErrorAccessDenied: the PIN is locked against change: umwsctl pin unlock %s --change', p_user.login);
    ELSIF v_one.rule IS NOT NULL THEN
        word := 'busy';
        until := v_one.free_at;
        message := format('ErrorServerBusy until %s: %s', umws.utc_text(until), CASE v_one.rule
            WHEN 'user-hour' THEN format('ResetsPerHour of policy %s is %s', v_policy.name, v_policy.resets_per_hour)
            WHEN 'user-day' THEN format('ResetsPerDay of policy %s is %s', v_policy.name, v_policy.resets_per_day)
            ELSE 'ResetsPerMinute over all mailboxes is reached' END);
    ELSIF NOT EXISTS (SELECT FROM umws.mail_key k WHERE k.state = 'active') THEN
        word := 'key_unknown';
        message := 'ErrorInternalServerError: no mail key is registered: umwsctl key create mail';
    ELSE
        word := 'ok';
        message := format('done: a new PIN is mailed to %s', p_user.email);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.explain_reset(umws.um_user, text, boolean, text) IS
    'What an own reset would answer now, in the order in which reset_prepare looks. The limit per address is not among it: nobody has asked from one.';

CREATE OR REPLACE FUNCTION umws.explain_phone(p_login text, OUT word text, OUT until timestamptz, OUT message text)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_user   umws.um_user;
    v_policy umws.policy;
    v_now    timestamptz := clock_timestamp();
    v_due    text;
BEGIN
    SELECT * INTO STRICT v_user FROM umws.um_user u WHERE u.login = p_login;
    SELECT * INTO STRICT v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    -- What the phone itself asks, with the right PIN.
    word := umws.logon_verdict(v_user, v_policy, v_now, v_user.id,
        coalesce(umws.hash_parameters(v_user.pin_key_id, v_user.verifier), ''),
        v_user.pin_key_id || ':' || v_user.verifier);
    v_due := umws.change_due(v_user, v_now);
    word := CASE word WHEN 'stale' THEN 'reset_due' WHEN 'temporary' THEN 'ended'
        WHEN 'ok' THEN CASE WHEN v_due IS NULL THEN 'ready'
            WHEN v_user.expires_at <= v_now THEN 'expired' ELSE 'must_change' END
        ELSE word END;
    message := CASE word
        WHEN 'disabled' THEN 'DENIED: the mailbox is disabled'
        WHEN 'locked_out' THEN format('LOCKED: locked out%s since %s: umwsctl pin unlock %s',
            (SELECT CASE WHEN u.locked_by_admin THEN ' by an administrator' END
                FROM umws.um_user u WHERE u.login = p_login),
            umws.utc_text(v_user.locked_out_at), p_login)
        WHEN 'reset_due' THEN 'RESET: wrong PINs have voided the PIN; a new one is drawn at the next logon'
        WHEN 'no_pin' THEN CASE WHEN v_user.pin_locked
            THEN format('DENIED: there is no PIN, and none is drawn while it is locked against change: umwsctl pin unlock %s --change', p_login)
            ELSE 'DENIED: there is no PIN yet; a reset makes one' END
        WHEN 'ended' THEN 'DENIED: the PIN that was mailed was not changed in time; a reset makes a new one'
        WHEN 'expired' THEN 'CHANGE, with the right PIN: its lifetime is over'
        WHEN 'must_change' THEN 'CHANGE, with the right PIN: it was mailed, and must be changed'
        ELSE 'OK, with the right PIN' END;
    IF word = 'must_change' THEN
        until := v_user.temporary_until;
    ELSIF word = 'ready' THEN
        until := CASE WHEN v_user.temporary_until IS NOT NULL THEN v_user.temporary_until
            WHEN NOT v_user.pin_locked THEN v_user.expires_at END;
    END IF;
    message := concat(message, CASE WHEN until IS NOT NULL THEN format(', until %s', umws.utc_text(until)) END,
        CASE WHEN v_user.failed_logons > 0 THEN format('; %s failed in a row', v_user.failed_logons) END,
        CASE WHEN v_user.pin_locked THEN '; a change is refused: the PIN is locked' END);
END
$$;
COMMENT ON FUNCTION umws.explain_phone(text) IS 'What a logon by phone would meet now.';

CREATE OR REPLACE FUNCTION umws.explain(p_login text, p_other text, p_is_stripped boolean)
    RETURNS TABLE (topic text, word text, at text, message text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login text := umws.login_form(p_login);
    v_user  umws.um_user;
    v_found record;
BEGIN
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = v_login;
    topic := 'mailbox';
    word := CASE WHEN v_user.id IS NULL THEN 'unknown' WHEN v_user.um_enabled THEN 'enabled'
        ELSE 'disabled' END;
    message := CASE WHEN v_user.id IS NULL THEN format('mailbox: %s has none', v_login)
        ELSE format('mailbox: %s, %s, extension %s, policy %s, %s', v_login, v_user.email,
            coalesce(v_user.extension, 'none'), umws.policy_name(v_user.policy_id), word) END;
    RETURN NEXT;
    topic := 'reset';
    v_found := umws.explain_reset(v_user, umws.not_enabled_cause(v_login, p_other),
        p_is_stripped, p_other);
    word := v_found.word;
    at := umws.utc_text(v_found.until);
    message := 'reset: ' || v_found.message;
    RETURN NEXT;
    IF v_user.id IS NOT NULL THEN
        topic := 'phone';
        v_found := umws.explain_phone(v_login);
        word := v_found.word;
        at := umws.utc_text(v_found.until);
        message := 'phone: ' || v_found.message;
        RETURN NEXT;
    END IF;
    RETURN QUERY SELECT 'audit', a.result, umws.utc_text(a.at),
        concat('audit: ', umws.utc_text(a.at), ' ', a.action, ' ', a.result,
            ' (' || a.rule || ')', CASE WHEN a.count > 1 THEN format(', %s times', a.count) END,
            ', by ', a.actor, ' over ', a.way, ', from ' || host(a.actor_address),
            ': ' || a.reason)
    FROM (SELECT * FROM umws.audit x WHERE x.user_id = v_user.id
        ORDER BY x.at DESC, x.id DESC LIMIT 10) a;
    RETURN QUERY SELECT 'mail', o.state::text, umws.utc_text(o.created_at),
        concat('mail: ', umws.utc_text(o.created_at), ' ', o.kind, ' to ', o.recipient, ', ', o.state,
            ' at ' || umws.utc_text(o.sent_at),
            CASE WHEN o.state = 'queued' THEN format(', next try %s', umws.utc_text(o.next_attempt_at)) END,
            ': ' || o.last_error)
    FROM (SELECT * FROM umws.outbox x WHERE x.user_id = v_user.id
        ORDER BY x.created_at DESC LIMIT 10) o;
END
$$;
COMMENT ON FUNCTION umws.explain(text, text, boolean) IS
    'What a reset by this login would answer and why, what a logon by phone would meet, the last ten audit rows and mails: a row each. p_other: the same name with the domain that was dropped (p_is_stripped), or without the one that was not.';
GRANT EXECUTE ON FUNCTION umws.explain(text, text, boolean) TO umws_admin, umws_helpdesk;

RESET ROLE;
