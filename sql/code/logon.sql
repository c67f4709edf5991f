-- logon.sql - what the phone route calls: is this PIN right, set another one,
-- and the reset that failed logons bring about.
--
-- The worker derives, this file compares, under the lock of the mailbox; no
-- function here returns a hash. A try is counted, and the PIN voided, in the
-- transaction that finds it wrong, and is answered when that has committed:
-- so no number of lines at once gets a try more than the policy grants.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.phone_mailbox(p_mailbox text, p_login text) RETURNS bigint
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_id bigint;
BEGIN
    SELECT u.id INTO v_id FROM umws.um_user u WHERE u.um_enabled AND u.extension = p_mailbox;
    IF v_id IS NULL THEN
        -- Whoever has such a login is not the one whose voice mail it is.
        SELECT u.id INTO v_id FROM umws.um_user u
        WHERE NOT u.um_enabled AND u.extension = p_mailbox ORDER BY u.id LIMIT 1;
    END IF;
    IF v_id IS NULL THEN
        SELECT u.id INTO v_id FROM umws.um_user u WHERE u.login = umws.login_form(p_login);
    END IF;
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION umws.phone_mailbox(text, text) IS
    'Which mailbox a caller means: that with the extension, an enabled one before others, else that with the login; NULL = none.';

CREATE OR REPLACE FUNCTION umws.logon_back_off_ms(p_account text, p_now timestamptz)
    RETURNS bigint
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_limit integer;
    v_at    timestamptz;
BEGIN
    SELECT l.logon_failures_per_minute INTO STRICT v_limit FROM umws.limits l;
    IF v_limit > 0 THEN
        SELECT a.at INTO v_at FROM umws.audit a
        WHERE a.actor = p_account AND a.result IN ('denied', 'voided', 'locked')
            -- Not what a user of the same name is denied by the web service.
            AND a.way = 'phone' AND a.at > p_now - interval '1 minute'
        ORDER BY a.at DESC OFFSET v_limit - 1 LIMIT 1;
    END IF;
    RETURN ceil(extract(epoch FROM v_at + interval '1 minute' - p_now) * 1000)::bigint;
END
$$;
COMMENT ON FUNCTION umws.logon_back_off_ms(text, timestamptz) IS
    'For how many ms still the limit on failed logons of a service account is reached; NULL = it is not. What has not committed does not count.';

CREATE OR REPLACE FUNCTION umws.logon_refuse(
        p_action text, p_result text, p_user_id bigint, p_login text, p_account text,
        p_address inet, p_request_id text)
    RETURNS integer
    LANGUAGE plpgsql
AS $$
BEGIN
    RETURN umws.audit_once('phone', p_user_id, p_login, p_account, p_address,
        p_request_id, p_action, p_result,
        CASE p_result WHEN 'busy' THEN 'account-minute' END,
        (SELECT p.name FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
            WHERE u.id = p_user_id));
END
$$;
COMMENT ON FUNCTION umws.logon_refuse(text, text, bigint, text, text, inet, text) IS
    'audit_once() for a try by phone for which nothing is derived.';

CREATE OR REPLACE FUNCTION umws.logon_failures(p_user umws.um_user) RETURNS integer
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_user.locked_out_at IS NULL THEN p_user.failed_logons ELSE 0 END
$$;
COMMENT ON FUNCTION umws.logon_failures(umws.um_user) IS
    'Failures in a row of a mailbox that is not locked out: a lock that has ended has those before it behind it.';

CREATE OR REPLACE FUNCTION umws.logon_tries_left(p_failed integer, p_policy umws.policy)
    RETURNS integer
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT greatest(1, least(p_policy.max_logon_attempts - p_failed,
        p_policy.logon_failures_before_reset
            - p_failed % nullif(p_policy.logon_failures_before_reset, 0)))
$$;
COMMENT ON FUNCTION umws.logon_tries_left(integer, umws.policy) IS
    'How many failures more until the PIN is void or the mailbox locked, 1 at least. Also what voids nothing (a locked PIN, or none) ends the series, so that such a mailbox is told from no other.';

CREATE OR REPLACE FUNCTION umws.is_reset_due(p_user umws.um_user) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_user.reset_due AND NOT p_user.pin_locked
$$;
COMMENT ON FUNCTION umws.is_reset_due(umws.um_user) IS
    'Does the next call draw a new PIN? Of one that is locked against change it does not.';

CREATE OR REPLACE FUNCTION umws.change_due(p_user umws.um_user, p_now timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_user.pin_locked THEN NULL
        WHEN p_user.must_change THEN 'first'
        WHEN p_user.expires_at <= p_now THEN 'expired' END
$$;
COMMENT ON FUNCTION umws.change_due(umws.um_user, timestamptz) IS
    'Why the right PIN has to be changed: first, expired; NULL = it has not.';

CREATE OR REPLACE FUNCTION umws.logon_prepare(
        p_action text, p_mailbox text, p_login text, p_account text, p_address inet,
        p_request_id text,
        OUT result text, OUT back_off_ms bigint, OUT is_first boolean, OUT user_id bigint,
        OUT settings text, OUT tries_left integer, OUT basis text, OUT recipient text,
        OUT extension text, OUT rules text, OUT hash_parameters text, OUT login text,
        OUT display_name text, OUT pin_age_s bigint, OUT is_forced boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now    timestamptz := clock_timestamp();
    v_user   umws.um_user;
    v_policy umws.policy;
BEGIN
    PERFORM umws.commit_durably();
    settings := '';
    hash_parameters := '';
    back_off_ms := umws.logon_back_off_ms(p_account, v_now);
    IF back_off_ms IS NOT NULL THEN
        result := 'busy';
        is_first := coalesce(umws.logon_refuse(p_action, result, NULL, p_account, p_account,
            p_address, p_request_id) = 1, false);
        RETURN;
    END IF;
    result := 'ok';
    SELECT * INTO v_user FROM umws.um_user u
    WHERE u.id = umws.phone_mailbox(p_mailbox, p_login) AND u.um_enabled;
    IF NOT FOUND THEN
        SELECT * INTO v_policy FROM umws.policy p WHERE p.name = 'default';
        tries_left := umws.logon_tries_left(0, v_policy);
        RETURN;
    END IF;
    user_id := v_user.id;
    SELECT * INTO STRICT v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    IF umws.is_locked_out(v_user, v_policy.lockout_duration_s, v_now) THEN
        result := 'locked_out';
    ELSIF umws.is_reset_due(v_user) THEN
        result := 'reset_due';
    END IF;
    IF result <> 'ok' THEN
        PERFORM umws.logon_refuse(p_action, result, v_user.id, v_user.login, p_account,
            p_address, p_request_id);
        RETURN;
    END IF;
    tries_left := umws.logon_tries_left(umws.logon_failures(v_user), v_policy);
    settings := coalesce(umws.hash_parameters(v_user.pin_key_id, v_user.verifier), '');
    IF p_action = 'change' THEN
        -- The PIN's age, and whether a change is forced, are this PIN's.
        basis := v_user.generation || ' ' || umws.reset_basis(v_user, v_policy);
        recipient := v_user.email;
        extension := coalesce(v_user.extension, '');
        rules := v_policy.rules;
        login := v_user.login;
        display_name := v_user.display_name;
        pin_age_s := floor(extract(epoch FROM v_now - v_user.set_at));
        is_forced := v_user.must_change OR coalesce(v_user.expires_at <= v_now, false);
        hash_parameters := umws.history_parameters(v_user.id, v_policy.pin_history_count);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.logon_prepare(text, text, text, text, inet, text) IS
    'What is a PIN that was dialled for this mailbox derived by? p_action: logon or change. result: ok (user_id NULL = no enabled mailbox; settings: "keyid:PHC string without its hash" of its PIN, empty = it has none; tries_left: see there, of nobody''s mailbox those of the default policy; with change the rest, as of reset_prepare); locked_out; reset_due: the PIN is void, see auto_prepare; busy (back_off_ms): too many failures of this service account, and is_first in this minute.';
GRANT EXECUTE ON FUNCTION umws.logon_prepare(text, text, text, text, inet, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.logon_verdict(
        p_user umws.um_user, p_policy umws.policy, p_now timestamptz, p_user_id bigint,
        p_settings text, p_verifier text)
    RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_user.id IS NULL THEN 'unknown'
        WHEN NOT p_user.um_enabled THEN 'disabled'
        WHEN p_user.id IS DISTINCT FROM p_user_id THEN 'stale'
        WHEN umws.is_locked_out(p_user, p_policy.lockout_duration_s, p_now)
            THEN 'locked_out'
        WHEN umws.is_reset_due(p_user) THEN 'stale'
        WHEN coalesce(umws.hash_parameters(p_user.pin_key_id, p_user.verifier), '')
            <> p_settings THEN 'stale'
        WHEN p_user.verifier IS NULL THEN 'no_pin'
        WHEN p_user.pin_key_id || ':' || p_user.verifier <> p_verifier THEN 'wrong'
        WHEN p_user.temporary_until <= p_now THEN 'temporary'
        ELSE 'ok' END
$$;
COMMENT ON FUNCTION umws.logon_verdict(umws.um_user, umws.policy, timestamptz, bigint, text, text) IS
    'What a locked mailbox says to a PIN, derived as p_verifier by p_settings. stale: by something else than what holds now, nothing was compared.';

CREATE OR REPLACE FUNCTION umws.lock_tell(
        p_user umws.um_user, p_policy umws.policy, p_now timestamptz)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF NOT p_policy.notify_locked THEN
        RETURN;
    END IF;
    -- One that still waits and tells of a lock that has ended.
    IF EXISTS (SELECT FROM umws.outbox o
            WHERE o.user_id = p_user.id AND o.sealed IS NOT NULL AND o.kind <> 'elsewhere'
                AND umws.mail_is_over(o.kind, o.pin_expires_at, o.temporary_until, p_now)) THEN
        PERFORM umws.mails_supersede(p_user.id, ARRAY['locked']);
    END IF;
    -- Whoever locks a mailbox again and again sends its user no more than that.
    -- One that was withdrawn may have left all the same.
    IF NOT EXISTS (SELECT FROM umws.outbox o
            WHERE o.user_id = p_user.id AND o.created_at > p_now - interval '24 hours'
                AND o.kind = 'locked' AND (o.state <> 'superseded' OR o.sent_at IS NOT NULL
                    OR o.lease_token IS NOT NULL)) THEN
        -- One that has waited for longer: of a lock that was to last, and that
        -- another policy has ended.
        PERFORM umws.mails_supersede(p_user.id, ARRAY['locked']);
        PERFORM umws.mail_tell(ARRAY[p_user.id], 'locked', p_now,
            CASE WHEN p_policy.lockout_duration_s > 0
                THEN p_now + make_interval(secs => p_policy.lockout_duration_s) END);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.lock_tell(umws.um_user, umws.policy, timestamptz) IS
    'Tell its user that failed logons lock a mailbox out now: one mail in 24 hours at most, and none with NotifyLocked=no.';

CREATE OR REPLACE FUNCTION umws.logon_fail(
        p_user umws.um_user, p_policy umws.policy, p_now timestamptz)
    RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    v_failed integer := umws.logon_failures(p_user) + 1;
    v_n      integer := p_policy.logon_failures_before_reset;
    -- Since when the next v_n are counted. The policy may have another number
    -- than it had then: whoever has reached it by now is not let pass it.
    v_since  integer := CASE WHEN p_user.failed_logons_at_step < v_failed
        THEN p_user.failed_logons_at_step ELSE 0 END;
    v_step   boolean := v_n > 0 AND v_failed - v_since >= v_n;
BEGIN
    UPDATE umws.um_user u SET failed_logons = v_failed, locked_out_at = NULL,
        failed_logons_at_step = CASE WHEN v_step THEN v_failed ELSE v_since END
    WHERE u.id = p_user.id;
    IF v_failed >= p_policy.max_logon_attempts THEN
        UPDATE umws.um_user u SET locked_out_at = p_now WHERE u.id = p_user.id;
        PERFORM umws.lock_tell(p_user, p_policy, p_now);
        RETURN 'locked';
    END IF;
    IF NOT v_step OR p_user.pin_locked OR p_user.verifier IS NULL THEN
        RETURN 'denied';
    END IF;
    UPDATE umws.um_user u SET pin_key_id = NULL, verifier = NULL, reset_due = true
    WHERE u.id = p_user.id;
    PERFORM umws.mails_supersede(p_user.id, NULL);
    RETURN 'voided';
END
$$;
COMMENT ON FUNCTION umws.logon_fail(umws.um_user, umws.policy, timestamptz) IS
    'Count a failed logon of a locked mailbox: denied; voided, the PIN is none any more and its mails are withdrawn; locked out.';

CREATE OR REPLACE FUNCTION umws.logon_settle(
        p_operation_id uuid, p_action text, p_mailbox text, p_login text, p_account text,
        p_address inet, p_caller text, p_call text, p_request_id text, p_user_id bigint,
        p_settings text, p_verifier text, p_basis text, p_rule text,
        p_key_ids text[], p_verifiers text[], p_mail_key_id text, p_sealed bytea,
        OUT result text, OUT rule text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id     bigint := umws.phone_mailbox(p_mailbox, p_login);
    v_now    timestamptz;
    v_user   umws.um_user;
    v_policy umws.policy;
BEGIN
    PERFORM umws.commit_durably();
    IF p_action NOT IN ('logon', 'change') THEN
        RAISE EXCEPTION 'there is no action "%"', p_action
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM FROM umws.um_user u WHERE u.id = v_id FOR UPDATE;
    v_now := clock_timestamp();
    -- Whoever lost our answer asks again by the same id: see properties_set().
    SELECT a.result, a.rule INTO result, rule FROM umws.audit a
    WHERE a.operation_id = p_operation_id AND a.user_id IS NOT DISTINCT FROM v_id;
    IF FOUND THEN
        PERFORM umws.commit_behind();
        RETURN;
    END IF;
    -- Read under the lock: what has committed while we waited for it counts,
    -- also that the extension has become another's.
    IF umws.phone_mailbox(p_mailbox, p_login) IS DISTINCT FROM v_id THEN
        result := 'stale';
        RETURN;
    END IF;
    SELECT * INTO v_user FROM umws.um_user u WHERE u.id = v_id;
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    rule := umws.logon_verdict(v_user, v_policy, v_now, p_user_id, p_settings, p_verifier);
    IF rule = 'ok' AND p_action = 'change' THEN
        rule := CASE WHEN starts_with(p_basis, v_user.generation || ' ')
            THEN umws.pin_verdict(v_user, v_policy,
                substr(p_basis, strpos(p_basis, ' ') + 1), p_rule, p_key_ids, p_verifiers,
                CASE WHEN v_policy.notify_change THEN p_mail_key_id ELSE '' END)
            ELSE 'stale' END;
    END IF;
    IF rule = 'stale' THEN
        result := rule;
        RETURN;
    ELSIF rule IN ('locked_out', 'key_unknown') THEN
        result := rule;
        PERFORM umws.logon_refuse(p_action, result, v_user.id, v_user.login, p_account,
            p_address, p_request_id);
        RETURN;
    ELSIF rule IN ('unknown', 'disabled') THEN
        result := 'denied';
    ELSIF rule IN ('no_pin', 'wrong', 'temporary') THEN
        result := umws.logon_fail(v_user, v_policy, v_now);
    ELSE
        IF v_user.failed_logons > 0 OR v_user.locked_out_at IS NOT NULL THEN
            UPDATE umws.um_user u SET failed_logons = 0, locked_out_at = NULL
            WHERE u.id = v_user.id;
        END IF;
        result := CASE WHEN rule <> 'ok' THEN 'refused'
            WHEN p_action = 'change' OR umws.change_due(v_user, v_now) IS NULL THEN 'ok'
            ELSE 'must_change' END;
        rule := CASE WHEN result = 'must_change' THEN umws.change_due(v_user, v_now)
            ELSE nullif(rule, 'ok') END;
    END IF;
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, caller, call, action,
        result, rule, policy, operation_id, request_id)
    VALUES (v_now, v_user.id, coalesce(v_user.login, nullif(p_login, ''), p_mailbox),
        p_account, p_address, 'phone', nullif(p_caller, ''), nullif(p_call, ''), p_action,
        result, rule, v_policy.name, p_operation_id, p_request_id)
    ON CONFLICT (operation_id) DO NOTHING;
    IF result = 'ok' AND p_action = 'change' THEN
        PERFORM umws.pin_store(v_user.id, v_now, p_key_ids[1], p_verifiers[1],
            p_operation_id, 'changed', p_mail_key_id,
            CASE WHEN v_policy.notify_change THEN p_sealed END);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.logon_settle(uuid, text, text, text, text, inet, text, text, text, bigint, text, text, text, text, text[], text[], text, bytea) IS
    'Compare a PIN and commit what comes of it, once for each operation id. p_user_id, p_settings, p_basis: as logon_prepare gave them. p_verifier: "keyid:PHC string". With change p_rule is the rule of the policy that the new PIN breaks, NULL = none; p_key_ids, p_verifiers: the new PIN, as of reset_commit; p_sealed: the notice. result: ok; must_change (rule: first, expired): right, and to be changed; denied; voided: denied, and auto_prepare is to be called; locked, locked_out; refused (rule): right, and not changed; nothing was compared: stale (prepare again); nothing changed: key_unknown.';
GRANT EXECUTE ON FUNCTION umws.logon_settle(uuid, text, text, text, text, inet, text, text, text, bigint, text, text, text, text, text[], text[], text, bytea) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.pin_rehash(
        p_user_id bigint, p_old text, p_key_id text, p_verifier text)
    RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT umws.commit_durably();
    WITH u AS (
        UPDATE umws.um_user u SET pin_key_id = p_key_id, verifier = p_verifier
        WHERE u.id = p_user_id AND u.pin_key_id || ':' || u.verifier = p_old
        RETURNING u.id, u.generation),
    h AS (
        UPDATE umws.pin_history h SET pin_key_id = p_key_id, verifier = p_verifier
        FROM u WHERE h.user_id = u.id AND h.generation = u.generation)
    SELECT EXISTS (SELECT FROM u)
$$;
COMMENT ON FUNCTION umws.pin_rehash(bigint, text, text, text) IS
    'Keep the same PIN by today''s settings, if it still is the one whose "keyid:PHC string" is p_old.';
GRANT EXECUTE ON FUNCTION umws.pin_rehash(bigint, text, text, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.auto_prepare(
        p_user_id bigint,
        OUT result text, OUT back_off_ms bigint, OUT user_id bigint,
        OUT basis text, OUT recipient text, OUT extension text,
        OUT rules text, OUT hash_parameters text, OUT login text, OUT display_name text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT u.id, umws.reset_basis(u, p), u.email, coalesce(u.extension, ''), p.rules,
        u.login, u.display_name, umws.history_parameters(u.id, p.pin_history_count)
    INTO user_id, basis, recipient, extension, rules, login, display_name, hash_parameters
    FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    WHERE u.id = p_user_id AND u.reset_due AND u.um_enabled AND NOT u.pin_locked;
    IF NOT FOUND THEN
        result := 'done';
        RETURN;
    END IF;
    result := 'ok';
END
$$;
COMMENT ON FUNCTION umws.auto_prepare(bigint) IS
    'As reset_prepare, for the reset that failed logons have made due. No limit holds for it. result: ok; done: it is not due, or not any more.';
GRANT EXECUTE ON FUNCTION umws.auto_prepare(bigint) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.auto_commit(
        p_reset_id uuid, p_user_id bigint, p_account text, p_address inet,
        p_request_id text, p_basis text, p_key_ids text[], p_verifiers text[],
        p_mail_key_id text, p_sealed bytea,
        OUT result text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now    timestamptz;
    v_user   umws.um_user;
    v_policy umws.policy;
BEGIN
    PERFORM umws.commit_durably();
    SELECT * INTO v_user FROM umws.um_user u WHERE u.id = p_user_id FOR UPDATE;
    v_now := clock_timestamp();
    IF umws.is_reset_due(v_user) IS NOT TRUE OR NOT v_user.um_enabled THEN
        result := 'done';
        RETURN;
    END IF;
    SELECT * INTO STRICT v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    result := umws.pin_verdict(v_user, v_policy, p_basis, NULL, p_key_ids, p_verifiers,
        p_mail_key_id);
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
        result, policy, operation_id, request_id)
    VALUES (v_now, v_user.id, v_user.login, p_account, p_address, 'phone', 'auto', result,
        v_policy.name, p_reset_id, p_request_id);
    IF result = 'ok' THEN
        PERFORM umws.pin_store(v_user.id, v_now, p_key_ids[1], p_verifiers[1],
            p_reset_id, 'auto', p_mail_key_id, p_sealed);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.auto_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea) IS
    'As reset_commit, for the reset that failed logons have made due: it clears what made it so, and not their count. result: ok; nothing changed: done (somebody else has), stale, history, key_unknown.';
GRANT EXECUTE ON FUNCTION umws.auto_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea) TO umws_worker;

RESET ROLE;
