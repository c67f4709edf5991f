-- 0002-reset.sql - the worker's functions: who may reset, the one reset
-- transaction, and what became of a commit whose answer was lost.
--
-- No function here returns a hash or a sealed PIN.

SET LOCAL ROLE umws_owner;

-- Helpers: no role but the owner may call them.

CREATE FUNCTION umws.client_net(p_address inet) RETURNS cidr
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT network(CASE
        WHEN family(p_address) = 4 THEN set_masklen(p_address, 32)
        WHEN p_address << '::ffff:0:0/96' THEN set_masklen(p_address, 128)
        ELSE set_masklen(p_address, 64) END)
$$;
COMMENT ON FUNCTION umws.client_net(inet) IS
    'What the limit per client address counts by: the address, or the /64 of IPv6 (not of IPv4 in IPv6 form).';
CREATE INDEX audit_reset_net ON umws.audit (umws.client_net(actor_address), at)
    WHERE action = 'reset' AND result = 'ok';
CREATE INDEX audit_reset_user ON umws.audit (user_id, at)
    WHERE action = 'reset' AND result = 'ok';

CREATE FUNCTION umws.pin_settings(p_verifier text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    -- A regular expression would cost more than all the rest of a look-up.
    SELECT left(p_verifier, -strpos(reverse(p_verifier), '$'))
$$;
COMMENT ON FUNCTION umws.pin_settings(text) IS
    'A PHC string without its last field, the hash: what a worker needs to derive again.';

CREATE FUNCTION umws.history_settings(p_user_id bigint, p_depth integer) RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_seen text[] := '{}';
    v_old  text;
BEGIN
    -- A loop: sorting and grouping these few rows would cost twice as much.
    FOR v_old IN
        SELECT h.pin_key_id || ':' || umws.pin_settings(h.verifier)
        FROM umws.pin_history h
        WHERE h.user_id = p_user_id
        ORDER BY h.generation DESC LIMIT p_depth
    LOOP
        IF v_old <> ALL (v_seen) THEN
            v_seen := v_seen || v_old;
            EXIT WHEN cardinality(v_seen) = 4;
        END IF;
    END LOOP;
    RETURN array_to_string(v_seen, ' ');
END
$$;
COMMENT ON FUNCTION umws.history_settings(bigint, integer) IS
    'The distinct derivation settings of the last PINs, newest first, at most 4, as reset_prepare returns them.';

CREATE FUNCTION umws.history_verdict(
        p_user_id bigint, p_depth integer, p_key_ids text[], p_verifiers text[])
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_known text[] := '{}';
    v_seen  text[] := '{}';
    v_old   record;
BEGIN
    FOR i IN 1 .. cardinality(p_verifiers) LOOP
        v_known := v_known || (p_key_ids[i] || ':' || umws.pin_settings(p_verifiers[i]));
    END LOOP;
    FOR v_old IN
        SELECT h.verifier, h.pin_key_id || ':' || umws.pin_settings(h.verifier) AS settings
        FROM umws.pin_history h
        WHERE h.user_id = p_user_id
        ORDER BY h.generation DESC LIMIT p_depth
    LOOP
        IF v_old.settings = ANY (v_known) THEN
            IF v_old.verifier = ANY (p_verifiers) THEN
                RETURN 'history';
            END IF;
        ELSIF cardinality(v_seen) < 4 AND v_old.settings <> ALL (v_seen) THEN
            RETURN 'stale';
        END IF;
        IF v_old.settings <> ALL (v_seen) THEN
            v_seen := v_seen || v_old.settings;
        END IF;
    END LOOP;
    RETURN 'ok';
END
$$;
COMMENT ON FUNCTION umws.history_verdict(bigint, integer, text[], text[]) IS
    'Is the candidate among the last PINs (history)? stale: it has not been derived under one of their newest 4 settings.';

CREATE FUNCTION umws.reset_basis(p_user umws.um_user, p_policy umws.policy) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        p_user.email, p_user.extension, p_policy.id, p_policy.min_pin_length,
        p_policy.allow_common_patterns, p_policy.pin_history_count)::text,
        'UTF8')), 'hex')
$$;
COMMENT ON FUNCTION umws.reset_basis(umws.um_user, umws.policy) IS
    'Fingerprint of all that a PIN is drawn and sealed by: when it differs at the commit, the work is stale.';

CREATE FUNCTION umws.reset_back_off(
        p_user_id bigint, p_policy umws.policy, p_address inet, p_now timestamptz,
        OUT rule text, OUT ms bigint)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_settings umws.settings;
    v_at       timestamptz;
    v_free_at  timestamptz := p_now;
BEGIN
    -- A limit of n is reached while the n-th newest reset is in the window;
    -- of several the one that lasts longest is told.
    SELECT * INTO STRICT v_settings FROM umws.settings;
    IF p_policy.resets_per_hour > 0 THEN
        SELECT a.at INTO v_at FROM umws.audit a
        WHERE a.user_id = p_user_id AND a.action = 'reset' AND a.result = 'ok'
            AND a.at > p_now - interval '1 hour'
        ORDER BY a.at DESC OFFSET p_policy.resets_per_hour - 1 LIMIT 1;
        IF v_at + interval '1 hour' > v_free_at THEN
            rule := 'user-hour';
            v_free_at := v_at + interval '1 hour';
        END IF;
    END IF;
    IF p_policy.resets_per_day > 0 THEN
        SELECT a.at INTO v_at FROM umws.audit a
        WHERE a.user_id = p_user_id AND a.action = 'reset' AND a.result = 'ok'
            AND a.at > p_now - interval '24 hours'
        ORDER BY a.at DESC OFFSET p_policy.resets_per_day - 1 LIMIT 1;
        IF v_at + interval '24 hours' > v_free_at THEN
            rule := 'user-day';
            v_free_at := v_at + interval '24 hours';
        END IF;
    END IF;
    IF v_settings.resets_per_address_hour > 0 THEN
        SELECT a.at INTO v_at FROM umws.audit a
        WHERE umws.client_net(a.actor_address) = umws.client_net(p_address)
            AND a.action = 'reset' AND a.result = 'ok'
            AND a.at > p_now - interval '1 hour'
        ORDER BY a.at DESC OFFSET v_settings.resets_per_address_hour - 1 LIMIT 1;
        IF v_at + interval '1 hour' > v_free_at THEN
            rule := 'address-hour';
            v_free_at := v_at + interval '1 hour';
        END IF;
    END IF;
    IF v_settings.resets_per_minute > 0 THEN
        SELECT a.at INTO v_at FROM umws.audit a
        WHERE a.action = 'reset' AND a.result = 'ok'
            AND a.at > p_now - interval '1 minute'
        ORDER BY a.at DESC OFFSET v_settings.resets_per_minute - 1 LIMIT 1;
        IF v_at + interval '1 minute' > v_free_at THEN
            rule := 'all-minute';
            v_free_at := v_at + interval '1 minute';
        END IF;
    END IF;
    IF rule IS NOT NULL THEN
        ms := ceil(extract(epoch FROM v_free_at - p_now) * 1000)::bigint;
    END IF;
END
$$;
COMMENT ON FUNCTION umws.reset_back_off(bigint, umws.policy, inet, timestamptz) IS
    'Which limit on own resets is reached and for how many ms still; NULLs = none. Counts successful own resets.';

CREATE FUNCTION umws.audit_refusal(
        p_user_id bigint, p_login text, p_address inet, p_request_id text,
        p_action text, p_result text, p_rule text, p_policy text)
    RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO umws.audit (user_id, login, actor, actor_address, action, result,
        rule, policy, request_id, minute)
    VALUES (p_user_id, p_login, p_login, p_address, p_action, p_result,
        p_rule, p_policy, p_request_id, date_trunc('minute', clock_timestamp(), 'UTC'))
    ON CONFLICT (login, action, result, minute) WHERE minute IS NOT NULL
    DO UPDATE SET count = audit.count + 1
$$;
COMMENT ON FUNCTION umws.audit_refusal(bigint, text, inet, text, text, text, text, text) IS
    'Note a refusal, once per mailbox, reason and minute, with a count.';

-- What the worker calls.

CREATE FUNCTION umws.is_um_enabled(p_login text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT u.um_enabled FROM umws.um_user u
        WHERE u.login = lower(p_login COLLATE "C")), false)
$$;
COMMENT ON FUNCTION umws.is_um_enabled(text) IS
    'Has this login an enabled mailbox? False without a mailbox.';
GRANT EXECUTE ON FUNCTION umws.is_um_enabled(text) TO umws_worker;

CREATE FUNCTION umws.not_enabled_cause(p_login text, p_other text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    -- Both names are looked up in any case: what it takes tells nothing.
    SELECT CASE
        WHEN count(*) FILTER (WHERE u.login = lower(p_login COLLATE "C")) > 0 THEN 'disabled'
        WHEN count(*) > 0 THEN 'other'
        ELSE 'unknown' END
    FROM umws.um_user u
    WHERE u.login IN (lower(p_login COLLATE "C"), p_other)
$$;
COMMENT ON FUNCTION umws.not_enabled_cause(text, text) IS
    'Why a login has no enabled mailbox, for the log: unknown; disabled; other: the same name under another domain, or without one, has a mailbox.';
GRANT EXECUTE ON FUNCTION umws.not_enabled_cause(text, text) TO umws_worker;

CREATE FUNCTION umws.reset_prepare(
        p_login text, p_address inet, p_request_id text,
        OUT result text, OUT back_off_ms bigint, OUT user_id bigint,
        OUT basis text, OUT recipient text, OUT extension text,
        OUT min_pin_length integer, OUT allow_common_patterns boolean,
        OUT settings text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login  text := lower(p_login COLLATE "C");
    v_user   umws.um_user;
    v_policy umws.policy;
    v_rule   text;
BEGIN
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = v_login;
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    result := 'ok';
    IF v_user.id IS NULL OR NOT v_user.um_enabled THEN
        result := 'not_enabled';
        v_rule := CASE WHEN v_user.id IS NULL THEN 'unknown' ELSE 'disabled' END;
    ELSIF v_user.pin_locked THEN
        result := 'pin_locked';
    ELSE
        SELECT b.rule, b.ms INTO v_rule, back_off_ms
        FROM umws.reset_back_off(v_user.id, v_policy, p_address, clock_timestamp()) b;
        IF v_rule IS NOT NULL THEN
            result := 'busy';
        END IF;
    END IF;
    IF result <> 'ok' THEN
        PERFORM umws.audit_refusal(v_user.id, v_login, p_address, p_request_id,
            'reset', result, v_rule, v_policy.name);
        RETURN;
    END IF;
    user_id := v_user.id;
    basis := umws.reset_basis(v_user, v_policy);
    recipient := v_user.email;
    extension := coalesce(v_user.extension, '');
    min_pin_length := v_policy.min_pin_length;
    allow_common_patterns := v_policy.allow_common_patterns;
    settings := umws.history_settings(v_user.id, v_policy.pin_history_count);
END
$$;
COMMENT ON FUNCTION umws.reset_prepare(text, inet, text) IS
    'May this login reset now, and what is a PIN drawn, derived and sealed by? result: ok, not_enabled, pin_locked, busy (back_off_ms). settings: "keyid:PHC settings" of the last PINs, newest first, parted by blanks. Refusals are audited.';
GRANT EXECUTE ON FUNCTION umws.reset_prepare(text, inet, text) TO umws_worker;

CREATE FUNCTION umws.pin_store(
        p_user umws.um_user, p_policy umws.policy, p_now timestamptz,
        p_key_id text, p_verifier text,
        p_outbox_id uuid, p_kind text, p_mail_key_id text, p_sealed bytea)
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_generation bigint := p_user.generation + 1;
    v_expires    timestamptz;
    v_temporary  timestamptz;
BEGIN
    -- Days of 24 hours: a day of the calendar depends on the time zone of
    -- whoever asks.
    IF p_policy.pin_lifetime_days > 0 THEN
        v_expires := p_now + make_interval(hours => 24 * p_policy.pin_lifetime_days);
    END IF;
    IF p_policy.temp_pin_lifetime_days > 0 THEN
        v_temporary := p_now + make_interval(hours => 24 * p_policy.temp_pin_lifetime_days);
    END IF;
    UPDATE umws.um_user u SET
        pin_key_id = p_key_id, verifier = p_verifier, generation = v_generation,
        set_at = p_now, expires_at = v_expires, must_change = true,
        failed_logons = 0, reset_due = false
    WHERE u.id = p_user.id;
    INSERT INTO umws.pin_history (user_id, generation, pin_key_id, verifier, set_at)
    VALUES (p_user.id, v_generation, p_key_id, p_verifier, p_now);
    -- 20 is the largest PINHistoryCount a policy may ask for.
    DELETE FROM umws.pin_history h
    WHERE h.user_id = p_user.id AND h.generation <= v_generation - 20;
    -- The lease stays: a mail whose SMTP transaction has begun ends first.
    UPDATE umws.outbox o SET state = 'superseded', sealed = NULL
    WHERE o.user_id = p_user.id AND o.state IN ('queued', 'sending');
    INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
        key_id, sealed, next_attempt_at, created_at, expires_at, display_name,
        extension, access_numbers, extra_text, is_locked_out, must_change,
        pin_expires_at, temporary_until)
    VALUES (p_outbox_id, p_user.id, v_generation, p_kind, p_user.email, p_user.locale,
        p_mail_key_id, p_sealed, p_now, p_now,
        coalesce(least(v_expires, v_temporary), p_now + interval '120 hours'),
        p_user.display_name, coalesce(p_user.extension, ''), p_policy.access_numbers,
        p_policy.reset_pin_text,
        p_user.locked_out_at IS NOT NULL AND (p_policy.lockout_duration_s = 0
            OR p_user.locked_out_at + make_interval(secs => p_policy.lockout_duration_s) > p_now),
        true, v_expires, v_temporary);
END
$$;
COMMENT ON FUNCTION umws.pin_store(umws.um_user, umws.policy, timestamptz, text, text, uuid, text, text, bytea) IS
    'Set a drawn PIN on a locked mailbox: verifier, history, older mails withdrawn, new mail queued. The caller has locked and checked.';

CREATE FUNCTION umws.reset_commit(
        p_reset_id uuid, p_user_id bigint, p_login text, p_address inet,
        p_request_id text, p_basis text, p_key_ids text[], p_verifiers text[],
        p_mail_key_id text, p_sealed bytea,
        OUT result text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now      timestamptz;
    v_user     umws.um_user;
    v_policy   umws.policy;
    v_login    text := lower(p_login COLLATE "C");
    v_rule     text;
BEGIN
    SELECT * INTO v_user FROM umws.um_user u
    WHERE u.id = p_user_id AND u.login = v_login FOR UPDATE;
    v_now := clock_timestamp();
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;

    result := 'ok';
    IF v_user.id IS NULL OR NOT v_user.um_enabled THEN
        result := 'not_enabled';
        v_rule := CASE WHEN v_user.id IS NULL THEN 'unknown' ELSE 'disabled' END;
    ELSIF v_user.pin_locked THEN
        result := 'pin_locked';
    ELSIF umws.reset_basis(v_user, v_policy) <> p_basis THEN
        result := 'stale';
    ELSE
        result := umws.history_verdict(v_user.id, v_policy.pin_history_count,
            p_key_ids, p_verifiers);
    END IF;
    IF result = 'ok' AND NOT EXISTS (
        SELECT FROM umws.mail_key k WHERE k.id = p_mail_key_id AND k.state = 'active')
    THEN
        result := 'key_unknown';
    END IF;
    IF result = 'ok' THEN
        SELECT b.rule, b.ms INTO v_rule, back_off_ms
        FROM umws.reset_back_off(v_user.id, v_policy, p_address, v_now) b;
        IF v_rule IS NOT NULL THEN
            result := 'busy';
        END IF;
    END IF;
    -- reset_outcome() may have been here before us: then reset_id is taken,
    -- and all of this fails.
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, action,
        result, rule, policy, reset_id, request_id)
    VALUES (v_now, p_user_id, v_login, v_login, p_address, 'reset', result,
        v_rule, v_policy.name, p_reset_id, p_request_id);
    IF result = 'ok' THEN
        PERFORM umws.pin_store(v_user, v_policy, v_now, p_key_ids[1], p_verifiers[1],
            p_reset_id, 'reset', p_mail_key_id, p_sealed);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.reset_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea) IS
    'The one reset transaction. p_key_ids and p_verifiers: the candidate under every setting of reset_prepare, the one to store first. result: ok; nothing changed: stale (prepare again), history (draw again), busy (back_off_ms), not_enabled, pin_locked, key_unknown.';
GRANT EXECUTE ON FUNCTION umws.reset_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea) TO umws_worker;

CREATE FUNCTION umws.reset_outcome(p_reset_id uuid, p_user_id bigint, p_login text)
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '3s'
AS $$
DECLARE
    v_result text;
BEGIN
    -- A plain SELECT would find nothing while the old backend is still at
    -- work, and then it commits. The insert waits for it, or fences it off.
    INSERT INTO umws.audit (user_id, login, actor, action, result, reset_id)
    VALUES (p_user_id, lower(p_login COLLATE "C"), lower(p_login COLLATE "C"),
        'reset', 'abandoned', p_reset_id)
    ON CONFLICT (reset_id) DO NOTHING;
    IF FOUND THEN
        RETURN 'abandoned';
    END IF;
    -- It may stand here and not yet on a synchronous standby: a write of our
    -- own commits behind it, and is answered when both are safe.
    UPDATE umws.audit a SET result = a.result WHERE a.reset_id = p_reset_id
    RETURNING a.result INTO STRICT v_result;
    RETURN v_result;
END
$$;
COMMENT ON FUNCTION umws.reset_outcome(uuid, bigint, text) IS
    'What became of a reset_commit whose answer was lost: its result, or abandoned: it never happened and now never can.';
GRANT EXECUTE ON FUNCTION umws.reset_outcome(uuid, bigint, text) TO umws_worker;

UPDATE umws.schema_info SET version = 2, upgraded_at = clock_timestamp();
RESET ROLE;
