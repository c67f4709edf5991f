-- helpdesk-page.sql - what the help desk's page does beside a reset: find a
-- mailbox, look at its state, end a lockout. Who may is helpdesk.sql's to say:
-- helpdesk_enter() comes first, and each function here looks again.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.helpdesk_words(p_text text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT string_agg('''' || replace(replace(l.lexeme, '\', '\\'), '''', '''''') || ''':*',
        ' & ')::tsquery
    FROM unnest(umws.name_words(p_text)) l
$$;
COMMENT ON FUNCTION umws.helpdesk_words(text) IS
    'Names in which words begin as those of this text do; NULL = it has none.';

CREATE OR REPLACE FUNCTION umws.helpdesk_found(p_actor text, p_text text, p_count integer)
    RETURNS SETOF text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_login text := umws.login_form(p_text);
    v_words tsquery := umws.helpdesk_words(p_text);
BEGIN
    RETURN QUERY SELECT f.login::text
    FROM (
        SELECT u.login, u.policy_id FROM umws.um_user u WHERE u.login = v_login
        UNION
        SELECT u.login, u.policy_id FROM umws.um_user u
        WHERE lower(u.email COLLATE "C") = v_login
        UNION
        SELECT u.login, u.policy_id FROM umws.um_user u
        WHERE u.extension = p_text AND u.um_enabled
        UNION
        SELECT u.login, u.policy_id FROM umws.um_user u
        WHERE u.extension = p_text AND NOT u.um_enabled
        UNION
        SELECT u.login, u.policy_id FROM umws.um_user u
        WHERE umws.name_words(u.display_name) @@ v_words) f
    WHERE umws.helpdesk_may(p_actor, f.policy_id)
    ORDER BY f.login COLLATE "C" LIMIT p_count;
END
$$;
COMMENT ON FUNCTION umws.helpdesk_found(text, text, integer) IS
    'Logins of the first mailboxes that have this login, address, extension or beginnings of words of the name, among those that the caller may act for.';

CREATE OR REPLACE FUNCTION umws.helpdesk_find(
        p_actor text, p_text text, p_address inet, p_request_id text,
        OUT result text, OUT back_off_ms bigint, OUT answer text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_actor  text := umws.login_form(p_actor);
    v_text   text := btrim(p_text);
    v_now    timestamptz := clock_timestamp();
    v_minute timestamptz := date_trunc('minute', v_now, 'UTC');
    v_logins text[];
BEGIN
    -- Everybody else is told, and noted, as one who names a mailbox.
    IF NOT EXISTS (SELECT FROM umws.role_grant g
            WHERE g.login = v_actor AND g.role = 'helpdesk') THEN
        result := (umws.helpdesk_enter(p_actor, 'login', p_text, 'find', p_address,
            p_request_id)).result;
        RETURN;
    END IF;
    PERFORM umws.commit_durably();
    -- What has not committed does not count.
    IF (SELECT coalesce(sum(a.count), 0) >= 30 FROM umws.audit a
            WHERE a.actor = v_actor AND a.action = 'helpdesk_find'
                AND a.minute = v_minute AND a.result = 'ok') THEN
        result := 'busy';
        back_off_ms := ceil(extract(epoch FROM v_minute + interval '1 minute' - v_now)
            * 1000)::bigint;
        PERFORM umws.audit_refusal(NULL, v_actor, v_actor, p_address, p_request_id,
            'helpdesk_find', result, 'helpdesk-minute', NULL);
        RETURN;
    END IF;
    result := 'ok';
    v_logins := ARRAY(SELECT f FROM umws.helpdesk_found(v_actor, v_text, 21) f);
    SELECT jsonb_build_object('is_complete', cardinality(v_logins) < 21,
        'mailboxes', coalesce(jsonb_agg(jsonb_build_object('login', v.login,
            'display_name', v.display_name, 'extension', v.extension, 'email', v.email,
            'policy', v.policy, 'state', v.state) ORDER BY v.login COLLATE "C"), '[]'))
    INTO answer
    FROM umws.v_user v WHERE v.login = ANY (v_logins[1:20]);
    PERFORM umws.audit_refusal(NULL, coalesce(nullif(left(v_text, 256), ''), v_actor),
        v_actor, p_address, p_request_id, 'helpdesk_find', result, NULL, NULL);
END
$$;
COMMENT ON FUNCTION umws.helpdesk_find(text, text, inet, text) IS
    'Mailboxes that this help desk may act for and a text means, 20 at most, as a JSON object (answer). result: ok, denied, busy (30 in this minute). Audited in any case, with the text as login.';
GRANT EXECUTE ON FUNCTION umws.helpdesk_find(text, text, inet, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.helpdesk_state(
        p_login text, p_actor text,
        OUT result text, OUT back_off_ms bigint, OUT answer text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user umws.um_user;
BEGIN
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = umws.login_form(p_login);
    IF v_user.id IS NULL THEN
        result := 'no_mailbox';
    ELSIF umws.helpdesk_may(umws.login_form(p_actor), v_user.policy_id) IS NOT TRUE THEN
        result := 'denied';
    ELSE
        result := 'ok';
        answer := umws.mailbox_facts(v_user.login) || jsonb_build_object(
            'policy', umws.policy_name(v_user.policy_id),
            'failed_logons', v_user.failed_logons,
            'mail', (SELECT jsonb_build_object('kind', o.kind, 'state', o.state,
                    'created_at', umws.json_time(o.created_at),
                    'sent_at', umws.json_time(o.sent_at))
                FROM umws.outbox o WHERE o.user_id = v_user.id
                ORDER BY o.created_at DESC LIMIT 1));
    END IF;
END
$$;
COMMENT ON FUNCTION umws.helpdesk_state(text, text) IS
    'The state of a mailbox for a help desk (p_actor), as a JSON object (answer), with the newest mail. result: ok, no_mailbox, denied. helpdesk_enter() has audited it.';
GRANT EXECUTE ON FUNCTION umws.helpdesk_state(text, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.helpdesk_unlock(
        p_unlock_id uuid, p_login text, p_actor text, p_address inet, p_request_id text,
        p_reason text,
        OUT result text, OUT back_off_ms bigint, OUT answer text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login text := umws.login_form(p_login);
    v_actor text := umws.login_form(p_actor);
    v_user  umws.um_user;
    v_is    boolean;
BEGIN
    PERFORM umws.commit_durably();
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = v_login FOR UPDATE;
    -- As in properties_set(): whoever lost our answer asks again.
    SELECT a.result, jsonb_build_object('result', 'ok', 'is_changed', true)
    INTO result, answer FROM umws.audit a
    WHERE a.operation_id = p_unlock_id AND a.user_id = v_user.id;
    IF FOUND THEN
        PERFORM umws.commit_behind();
        RETURN;
    END IF;
    result := CASE
        WHEN v_user.id IS NULL THEN 'no_mailbox'
        WHEN umws.helpdesk_may(v_actor, v_user.policy_id) IS NOT TRUE THEN 'denied'
        WHEN NOT v_user.um_enabled THEN 'not_enabled'
        WHEN v_user.locked_by_admin THEN 'locked_by_admin'
        ELSE 'ok' END;
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        policy, reason, operation_id, request_id)
    VALUES (v_user.id, v_login, v_actor, p_address, 'soap', 'pin_unlock', result,
        umws.policy_name(v_user.policy_id), p_reason, p_unlock_id, p_request_id);
    IF result <> 'ok' THEN
        RETURN;
    END IF;
    v_is := v_user.locked_out_at IS NOT NULL OR v_user.failed_logons > 0;
    UPDATE umws.um_user u SET locked_out_at = NULL, failed_logons = 0
    WHERE u.id = v_user.id AND v_is;
    PERFORM umws.mails_supersede(v_user.id, ARRAY['locked']);
    answer := jsonb_build_object('result', 'ok', 'is_changed', v_is);
END
$$;
COMMENT ON FUNCTION umws.helpdesk_unlock(uuid, text, text, inet, text, text) IS
    'End a lockout that failed logons have brought, and clear these, for a help desk (p_actor), once for each id; that of an administrator stays. result: ok (answer: a JSON object), no_mailbox, denied, not_enabled, locked_by_admin. Audited in any case.';
GRANT EXECUTE ON FUNCTION umws.helpdesk_unlock(uuid, text, text, inet, text, text) TO umws_worker;

RESET ROLE;
