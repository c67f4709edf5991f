-- peer.sql - what the PHP peer has beside umws's tables: a role that may
-- use them, and the one function that its variant "function" calls.
--
-- Applied by tools/bench to a database of its own that has umws's schema.

GRANT USAGE ON SCHEMA umws TO peer;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA umws TO peer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA umws TO peer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA umws TO peer;
CREATE SCHEMA peer AUTHORIZATION peer;

CREATE FUNCTION peer.reset(
        p_login text, p_address inet, p_request_id text, p_key_id text,
        p_verifier text, p_reset_id uuid, p_mail_key_id text, p_sealed bytea)
    RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    v_now        timestamptz := clock_timestamp();
    v_user       umws.um_user;
    v_policy     umws.policy;
    v_generation bigint;
    v_expires    timestamptz;
    v_temporary  timestamptz;
BEGIN
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = p_login FOR UPDATE;
    IF NOT FOUND OR NOT v_user.um_enabled OR v_user.pin_locked THEN
        RETURN 'not_enabled';
    END IF;
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    IF v_policy.resets_per_hour > 0 AND v_policy.resets_per_hour <= (
        SELECT count(*) FROM umws.audit a
        WHERE a.user_id = v_user.id AND a.action = 'reset' AND a.result = 'ok'
            AND a.at > v_now - interval '1 hour')
    THEN
        RETURN 'busy';
    END IF;
    IF v_policy.resets_per_day > 0 AND v_policy.resets_per_day <= (
        SELECT count(*) FROM umws.audit a
        WHERE a.user_id = v_user.id AND a.action = 'reset' AND a.result = 'ok'
            AND a.at > v_now - interval '1 day')
    THEN
        RETURN 'busy';
    END IF;
    IF EXISTS (
        SELECT FROM (
            SELECT h.verifier FROM umws.pin_history h
            WHERE h.user_id = v_user.id
            ORDER BY h.generation DESC LIMIT v_policy.pin_history_count) x
        WHERE x.verifier = p_verifier)
    THEN
        RETURN 'history';
    END IF;
    v_generation := v_user.generation + 1;
    IF v_policy.pin_lifetime_days > 0 THEN
        v_expires := v_now + make_interval(days => v_policy.pin_lifetime_days);
    END IF;
    IF v_policy.temp_pin_lifetime_days > 0 THEN
        v_temporary := v_now + make_interval(days => v_policy.temp_pin_lifetime_days);
    END IF;
    UPDATE umws.um_user SET pin_key_id = p_key_id, verifier = p_verifier,
        generation = v_generation, set_at = v_now, expires_at = v_expires,
        must_change = true, failed_logons = 0, reset_due = false
    WHERE id = v_user.id;
    INSERT INTO umws.pin_history (user_id, generation, pin_key_id, verifier, set_at)
    VALUES (v_user.id, v_generation, p_key_id, p_verifier, v_now);
    DELETE FROM umws.pin_history h
    WHERE h.user_id = v_user.id AND h.generation <= v_generation - 20;
    UPDATE umws.outbox SET state = 'superseded', sealed = NULL
    WHERE user_id = v_user.id AND state IN ('queued', 'sending');
    INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
        key_id, sealed, next_attempt_at, created_at, expires_at, display_name,
        extension, access_numbers, extra_text, is_locked_out, must_change,
        pin_expires_at, temporary_until)
    VALUES (p_reset_id, v_user.id, v_generation, 'reset', v_user.email,
        v_user.locale, p_mail_key_id, p_sealed, v_now, v_now,
        coalesce(least(v_expires, v_temporary), v_now + interval '5 days'),
        v_user.display_name, coalesce(v_user.extension, ''),
        v_policy.access_numbers, v_policy.reset_pin_text,
        v_user.locked_out_at IS NOT NULL, true, v_expires, v_temporary);
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way,
        action, result, policy, operation_id, request_id, reset_number)
    VALUES (v_now, v_user.id, p_login, p_login, p_address, 'soap', 'reset', 'ok',
        v_policy.name, p_reset_id, p_request_id,
        nextval('umws.audit_reset_number_seq'));
    RETURN 'ok';
END
$$;
