-- helpdesk.sql - the web service for somebody else: who may, for whom, and the
-- reset. A login with a grant in role_grant names the mailbox in the header
-- ExchangeImpersonation.
--
-- Whoever may not is told the same, in the same time, whatever he asks for:
-- grants and mailbox are looked up in any case, and one row is written.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.helpdesk_may(p_actor text, p_policy_id integer) RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM umws.role_grant g
        WHERE g.login = p_actor AND g.role = 'helpdesk'
            AND (g.policy_id IS NULL OR g.policy_id = p_policy_id))
$$;
COMMENT ON FUNCTION umws.helpdesk_may(text, integer) IS
    'May this login act for the mailboxes of this policy?';

CREATE OR REPLACE FUNCTION umws.helpdesk_mailboxes(p_kind text, p_name text)
    RETURNS SETOF umws.um_user
    LANGUAGE sql STABLE
AS $$
    SELECT u.* FROM umws.um_user u
    WHERE p_kind = 'login' AND u.login = umws.login_form(p_name)
    UNION ALL
    (SELECT u.* FROM umws.um_user u
    WHERE p_kind = 'address' AND lower(u.email COLLATE "C") = umws.login_form(p_name)
    LIMIT 2)
$$;
COMMENT ON FUNCTION umws.helpdesk_mailboxes(text, text) IS
    'Whom a name means: p_kind login, or address, of which two at most are given.';

CREATE OR REPLACE FUNCTION umws.helpdesk_back_off_ms(p_actor text) RETURNS bigint
    LANGUAGE sql STABLE
AS $$
    SELECT ceil(extract(epoch FROM a.at + interval '1 hour' - clock_timestamp()) * 1000)::bigint
    FROM umws.audit a
    WHERE a.actor = p_actor AND a.way = 'soap' AND a.action = 'pin_reset' AND a.result = 'ok'
        AND a.at > clock_timestamp() - interval '1 hour'
        AND (SELECT l.helpdesk_resets_per_hour FROM umws.limits l) > 0
    ORDER BY a.at DESC
    OFFSET (SELECT greatest(l.helpdesk_resets_per_hour, 1) - 1 FROM umws.limits l) LIMIT 1
$$;
COMMENT ON FUNCTION umws.helpdesk_back_off_ms(text) IS
    'For how many ms still the limit on resets by this help desk caller is reached; NULL = it is not.';

CREATE OR REPLACE FUNCTION umws.helpdesk_has_named(p_actor text, p_name text) RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN (SELECT count(*) >= 10 AND NOT coalesce(bool_or(a.login = p_name), false)
        FROM umws.audit a
        WHERE a.actor = p_actor AND a.action = 'impersonate' AND a.result <> 'ok'
            AND a.minute = date_trunc('minute', clock_timestamp(), 'UTC'));
END
$$;
COMMENT ON FUNCTION umws.helpdesk_has_named(text, text) IS
    'Has this caller been refused ten other names in this minute, so that this one gets no row of its own? What has not committed does not count.';

CREATE OR REPLACE FUNCTION umws.helpdesk_enter(
        p_actor text, p_kind text, p_name text, p_operation text,
        p_address inet, p_request_id text,
        OUT result text, OUT back_off_ms bigint, OUT login text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_actor   text := umws.login_form(p_actor);
    v_has     boolean;
    v_users   umws.um_user[];
    v_policy  text;
    v_rule    text;
    v_name    text;
    v_user_id bigint;
BEGIN
    PERFORM umws.commit_durably();
    v_users := ARRAY(SELECT m FROM umws.helpdesk_mailboxes(p_kind, p_name) m);
    SELECT p.name INTO v_policy FROM umws.policy p WHERE p.id = v_users[1].policy_id;
    v_has := EXISTS (SELECT FROM umws.role_grant g
        WHERE g.login = v_actor AND g.role = 'helpdesk');
    result := CASE
        WHEN NOT v_has THEN 'denied'
        WHEN p_kind IS NULL THEN 'invalid'
        WHEN cardinality(v_users) <> 1 THEN 'no_mailbox'
        WHEN NOT umws.helpdesk_may(v_actor, v_users[1].policy_id) THEN 'denied'
        ELSE 'ok' END;
    v_rule := CASE
        WHEN NOT v_has THEN 'role'
        WHEN result = 'denied' THEN 'policy'
        WHEN result = 'no_mailbox' THEN
            CASE WHEN cardinality(v_users) = 0 THEN 'unknown' ELSE 'several' END
        ELSE p_operation END;
    IF result = 'ok' THEN
        login := v_users[1].login;
    END IF;
    v_name := coalesce(v_users[1].login, left(nullif(p_name, ''), 256), v_actor);
    v_user_id := v_users[1].id;
    -- Else whoever invents names fills the audit.
    IF result <> 'ok' AND umws.helpdesk_has_named(v_actor, v_name) THEN
        v_name := v_actor;
        v_user_id := NULL;
        v_rule := 'names';
        v_policy := NULL;
    END IF;
    PERFORM umws.audit_refusal(v_user_id, v_name, v_actor, p_address, p_request_id,
        'impersonate', result, v_rule, v_policy);
END
$$;
COMMENT ON FUNCTION umws.helpdesk_enter(text, text, text, text, inet, text) IS
    'Whom does this login act for? p_kind: login, address; NULL: the header names nobody. result: ok (login: the mailbox''s); denied; of holders of the role alone: no_mailbox, invalid. Audited in any case, with both names.';
GRANT EXECUTE ON FUNCTION umws.helpdesk_enter(text, text, text, text, inet, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.helpdesk_verdict(
        p_user umws.um_user, p_actor text, OUT result text, OUT rule text, OUT back_off_ms bigint)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    result := 'ok';
    IF p_user.id IS NULL OR NOT p_user.um_enabled THEN
        result := 'not_enabled';
        rule := CASE WHEN p_user.id IS NULL THEN 'unknown' ELSE 'disabled' END;
    ELSIF umws.helpdesk_may(p_actor, p_user.policy_id) IS NOT TRUE THEN
        result := 'denied';
        rule := 'role';
    ELSIF p_user.pin_locked THEN
        result := 'pin_locked';
    ELSE
        back_off_ms := umws.helpdesk_back_off_ms(p_actor);
        IF back_off_ms IS NOT NULL THEN
            result := 'busy';
            rule := 'helpdesk-hour';
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION umws.helpdesk_verdict(umws.um_user, text) IS
    'May this login reset this mailbox''s PIN now? result: ok, not_enabled, denied, pin_locked, busy.';

CREATE OR REPLACE FUNCTION umws.helpdesk_prepare(
        p_login text, p_actor text, p_address inet, p_request_id text,
        OUT result text, OUT back_off_ms bigint, OUT user_id bigint,
        OUT basis text, OUT recipient text, OUT extension text,
        OUT display_name text, OUT rules text, OUT hash_parameters text, OUT is_first boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login   text := umws.login_form(p_login);
    v_actor   text := umws.login_form(p_actor);
    v_user    umws.um_user;
    v_policy  umws.policy;
    v_verdict record;
BEGIN
    PERFORM umws.commit_durably();
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = v_login;
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    v_verdict := umws.helpdesk_verdict(v_user, v_actor);
    result := v_verdict.result;
    back_off_ms := v_verdict.back_off_ms;
    IF result <> 'ok' THEN
        PERFORM umws.audit_refusal(v_user.id, v_login, v_actor, p_address, p_request_id,
            'pin_reset', result, v_verdict.rule, v_policy.name);
        RETURN;
    END IF;
    user_id := v_user.id;
    is_first := v_user.generation = 0;
    basis := umws.reset_basis(v_user, v_policy);
    recipient := v_user.email;
    extension := coalesce(v_user.extension, '');
    display_name := v_user.display_name;
    rules := v_policy.rules;
    hash_parameters := umws.history_parameters(v_user.id, v_policy.pin_history_count);
END
$$;
COMMENT ON FUNCTION umws.helpdesk_prepare(text, text, inet, text) IS
    'As reset_prepare, for a help desk caller (p_actor): the limits of the mailbox do not hold, that of the caller does. is_first: it has never had a PIN. result: ok, not_enabled, denied, pin_locked, busy.';
GRANT EXECUTE ON FUNCTION umws.helpdesk_prepare(text, text, inet, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.helpdesk_commit(
        p_reset_id uuid, p_user_id bigint, p_login text, p_address inet,
        p_request_id text, p_basis text, p_key_ids text[], p_verifiers text[],
        p_mail_key_id text, p_sealed bytea, p_actor text, p_kind text, p_reason text,
        OUT result text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login   text := umws.login_form(p_login);
    v_actor   text := umws.login_form(p_actor);
    v_now     timestamptz;
    v_user    umws.um_user;
    v_policy  umws.policy;
    v_verdict record;
BEGIN
    PERFORM umws.commit_durably();
    -- One reset by this caller at a time, so that the limit is exact.
    PERFORM FROM umws.role_grant g WHERE g.login = v_actor AND g.role = 'helpdesk'
    ORDER BY g.policy_id NULLS FIRST FOR UPDATE;
    SELECT * INTO v_user FROM umws.um_user u
    WHERE u.id = p_user_id AND u.login = v_login FOR UPDATE;
    v_now := clock_timestamp();
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    v_verdict := umws.helpdesk_verdict(v_user, v_actor);
    result := v_verdict.result;
    back_off_ms := v_verdict.back_off_ms;
    IF result = 'ok' AND p_kind NOT IN ('reset', 'admin', 'welcome') THEN
        RAISE EXCEPTION 'a mail of kind "%" is none of a reset', p_kind
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF result = 'ok' THEN
        result := umws.pin_verdict(v_user, v_policy, p_basis, NULL, p_key_ids, p_verifiers,
            p_mail_key_id);
    END IF;
    -- It has got another one meanwhile.
    IF result = 'ok' AND p_kind = 'welcome' AND v_user.generation > 0 THEN
        result := 'stale';
    END IF;
    -- As in reset_commit(): if the id is taken, all of this fails.
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
        result, rule, policy, reason, operation_id, request_id)
    VALUES (v_now, p_user_id, v_login, v_actor, p_address, 'soap', 'pin_reset', result,
        v_verdict.rule, v_policy.name, p_reason, p_reset_id, p_request_id);
    IF result = 'ok' THEN
        PERFORM umws.pin_store(p_user_id, v_now, p_key_ids[1], p_verifiers[1],
            p_reset_id, p_kind, p_mail_key_id, p_sealed);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.helpdesk_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea, text, text, text) IS
    'As reset_commit, for a help desk caller (p_actor), whose right and limit are looked at again; p_kind: of the mail, under which the PIN is sealed; p_reason: NULL = none is given.';
GRANT EXECUTE ON FUNCTION umws.helpdesk_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea, text, text, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.helpdesk_outcome(
        p_reset_id uuid, p_user_id bigint, p_login text, p_actor text)
    RETURNS text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '3s'
AS $$
    SELECT umws.commit_durably();
    SELECT umws.operation_outcome(p_reset_id, p_user_id, umws.login_form(p_login),
        umws.login_form(p_actor), 'soap', 'pin_reset')
$$;
COMMENT ON FUNCTION umws.helpdesk_outcome(uuid, bigint, text, text) IS
    'As reset_outcome, of a helpdesk_commit.';
GRANT EXECUTE ON FUNCTION umws.helpdesk_outcome(uuid, bigint, text, text) TO umws_worker;

RESET ROLE;
