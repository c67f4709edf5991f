-- pin.sql - a mailbox's PIN: what it is drawn by, the old ones, a new one.
--
-- Helpers: no role but the owner may call them.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.hash_parameters(p_verifier text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    -- A regular expression would cost more than all the rest of a look-up.
    -- Of what is no PHC string the key's id is left: a worker refuses that.
    SELECT CASE WHEN strpos(p_verifier, '$') > 0
        THEN left(p_verifier, -strpos(reverse(p_verifier), '$'))
        ELSE left(p_verifier, strpos(p_verifier, ':')) END
$$;
COMMENT ON FUNCTION umws.hash_parameters(text) IS
    'A PHC string, whatever stands before it, without its last field, the hash: what a worker needs to derive again.';

CREATE OR REPLACE FUNCTION umws.distinct_hash_parameters(p_verifiers text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    v_seen text[] := '{}';
    v_last text;
    v_old  text;
BEGIN
    -- A loop: sorting and grouping these few would cost twice as much.
    FOREACH v_old IN ARRAY p_verifiers LOOP
        v_old := umws.hash_parameters(v_old);
        CONTINUE WHEN v_old = v_last OR v_old = ANY (v_seen);
        v_last := v_old;
        v_seen := v_seen || v_old;
        EXIT WHEN cardinality(v_seen) = 4;
    END LOOP;
    RETURN array_to_string(v_seen, ' ');
END
$$;
COMMENT ON FUNCTION umws.distinct_hash_parameters(text[]) IS
    'The distinct parameters of these "keyid:verifier", newest first, at most 4, as reset_prepare returns them.';

CREATE OR REPLACE FUNCTION umws.history_verdict(p_old text[], p_new text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    v_known      text[] := '{}';
    v_seen       text[] := '{}';
    v_one        text;
    v_parameters text;
BEGIN
    FOREACH v_one IN ARRAY p_new LOOP
        v_known := v_known || umws.hash_parameters(v_one);
    END LOOP;
    FOREACH v_one IN ARRAY p_old LOOP
        v_parameters := umws.hash_parameters(v_one);
        IF v_one = ANY (p_new) THEN
            RETURN 'history';
        END IF;
        CONTINUE WHEN v_parameters = ANY (v_seen);
        IF cardinality(v_seen) < 4 AND v_parameters <> ALL (v_known) THEN
            RETURN 'stale';
        END IF;
        v_seen := v_seen || v_parameters;
    END LOOP;
    RETURN 'ok';
END
$$;
COMMENT ON FUNCTION umws.history_verdict(text[], text[]) IS
    'Is the candidate among the last PINs (history)? stale: it has not been derived under one of their newest 4 parameters. Both are "keyid:verifier", the old ones newest first.';

CREATE OR REPLACE FUNCTION umws.reset_basis(p_user umws.um_user, p_policy umws.policy) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_policy.rules || ' ' || p_policy.id::text || ' ' || p_policy.pin_history_count::text
        || ' ' || coalesce(p_user.extension, '') || ' ' || p_user.email
        || ' ' || p_user.display_name
$$;
COMMENT ON FUNCTION umws.reset_basis(umws.um_user, umws.policy) IS
    'All that a PIN is drawn and sealed by: when it differs at the commit, the work is stale.';

CREATE OR REPLACE FUNCTION umws.is_locked_out(
        p_locked_out_at timestamptz, p_lockout_duration_s integer, p_now timestamptz)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_locked_out_at IS NOT NULL AND (p_lockout_duration_s = 0
        OR p_locked_out_at + make_interval(secs => p_lockout_duration_s) > p_now)
$$;
COMMENT ON FUNCTION umws.is_locked_out(timestamptz, integer, timestamptz) IS
    'Is a mailbox locked out still, LockoutDuration (seconds, 0 = no end) considered?';

CREATE OR REPLACE FUNCTION umws.pin_store(
        p_user_id bigint, p_now timestamptz, p_key_id text, p_verifier text,
        p_outbox_id uuid, p_kind text, p_mail_key_id text, p_sealed bytea)
    RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_generation     bigint;
    v_email          text;
    v_locale         text;
    v_display_name   text;
    v_extension      text;
    v_expires        timestamptz;
    v_temporary      timestamptz;
    v_access_numbers text;
    v_extra_text     text;
    v_is_locked_out  boolean;
    v_is_users_own   boolean := p_kind = 'changed';
    v_has_pin        boolean := p_kind NOT IN ('changed', 'set');
BEGIN
    -- Days of 24 hours: a day of the calendar depends on the time zone of
    -- whoever asks.
    UPDATE umws.um_user u SET
        pin_key_id = p_key_id, verifier = p_verifier, generation = u.generation + 1,
        set_at = p_now,
        expires_at = CASE WHEN p.pin_lifetime_days > 0
            THEN p_now + make_interval(hours => 24 * p.pin_lifetime_days) END,
        must_change = NOT v_is_users_own,
        is_first_time = u.is_first_time AND NOT v_is_users_own,
        temporary_until = CASE WHEN NOT v_is_users_own AND p.temp_pin_lifetime_days > 0
            THEN p_now + make_interval(hours => 24 * p.temp_pin_lifetime_days) END,
        failed_logons = CASE WHEN p_kind = 'auto' THEN u.failed_logons ELSE 0 END,
        locked_out_at = CASE WHEN p_kind IN ('admin', 'set') THEN NULL
            ELSE u.locked_out_at END,
        reset_due = false
    FROM umws.policy p
    WHERE u.id = p_user_id AND p.id = u.policy_id
    RETURNING u.generation, u.email, u.locale, u.display_name, coalesce(u.extension, ''),
        u.expires_at, u.temporary_until, p.access_numbers,
        CASE WHEN v_has_pin THEN p.reset_pin_text ELSE '' END,
        umws.is_locked_out(u.locked_out_at, p.lockout_duration_s, p_now)
    INTO STRICT v_generation, v_email, v_locale, v_display_name, v_extension, v_expires,
        v_temporary, v_access_numbers, v_extra_text, v_is_locked_out;
    INSERT INTO umws.pin_history (user_id, generation, pin_key_id, verifier, set_at)
    VALUES (p_user_id, v_generation, p_key_id, p_verifier, p_now);
    -- 20 is the largest PINHistoryCount a policy may ask for.
    IF v_generation > 20 THEN
        DELETE FROM umws.pin_history h
        WHERE h.user_id = p_user_id AND h.generation <= v_generation - 20;
    END IF;
    -- The lease stays: a mail whose SMTP transaction has begun ends first.
    UPDATE umws.outbox o SET state = 'superseded', sealed = NULL
    WHERE o.user_id = p_user_id AND o.sealed IS NOT NULL;
    IF p_sealed IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
        key_id, sealed, next_attempt_at, created_at, expires_at, display_name,
        extension, access_numbers, extra_text, is_locked_out, must_change,
        pin_expires_at, temporary_until)
    VALUES (p_outbox_id, p_user_id, v_generation, p_kind, v_email, v_locale,
        p_mail_key_id, p_sealed, p_now, p_now,
        coalesce(CASE WHEN v_has_pin THEN least(v_expires, v_temporary) END,
            p_now + interval '120 hours'),
        v_display_name, v_extension, v_access_numbers, v_extra_text, v_is_locked_out,
        NOT v_is_users_own, v_expires, v_temporary);
END
$$;
COMMENT ON FUNCTION umws.pin_store(bigint, timestamptz, text, text, uuid, text, text, bytea) IS
    'Set a PIN on a locked mailbox: verifier, history, older mails withdrawn, new mail queued (p_sealed NULL: none). p_kind: reset, auto (the count of failed logons goes on), admin (it ends a lockout), set (likewise; an operator has chosen the PIN) or changed (the user''s own PIN). The caller has locked and checked.';

RESET ROLE;
