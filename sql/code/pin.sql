-- pin.sql - a mailbox's PIN: what it is drawn by, the old ones, a new one.
--
-- Helpers: no role but the owner may call them.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.hash_parameters(p_key_id text, p_verifier text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    -- A regular expression would cost more than all the rest of a look-up.
    -- Of what is no PHC string the key's id is left: a worker refuses that.
    SELECT p_key_id || ':'
        || left(p_verifier, -1 - char_length(split_part(p_verifier, '$', -1)))
$$;
COMMENT ON FUNCTION umws.hash_parameters(text, text) IS
    '"keyid:" and a PHC string without its last field, the hash: what a worker needs to derive again.';

CREATE OR REPLACE FUNCTION umws.distinct_hash_parameters(p_parameters text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    -- Nearly always they are all the same.
    IF p_parameters <@ p_parameters[1:1] THEN
        RETURN coalesce(p_parameters[1], '');
    END IF;
    DECLARE
        v_seen text[] := '{}';
        v_one  text;
    BEGIN
        -- A loop: sorting and grouping these few would cost twice as much.
        FOREACH v_one IN ARRAY p_parameters LOOP
            CONTINUE WHEN v_one = ANY (v_seen);
            v_seen := v_seen || v_one;
            EXIT WHEN cardinality(v_seen) = 4;
        END LOOP;
        RETURN array_to_string(v_seen, ' ');
    END;
END
$$;
COMMENT ON FUNCTION umws.distinct_hash_parameters(text[]) IS
    'The distinct ones of these hash_parameters(), newest first, at most 4, as reset_prepare returns them.';

CREATE OR REPLACE FUNCTION umws.history_parameters(p_user_id bigint, p_count integer)
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN umws.distinct_hash_parameters(ARRAY(
        SELECT umws.hash_parameters(h.pin_key_id, h.verifier)
        FROM umws.pin_history h
        WHERE h.user_id = p_user_id
        ORDER BY h.generation DESC LIMIT p_count));
END
$$;
COMMENT ON FUNCTION umws.history_parameters(bigint, integer) IS
    'The distinct hash_parameters of the last p_count PINs, newest first, at most 4, as reset_prepare returns them.';

CREATE OR REPLACE FUNCTION umws.history_mark(
        p_key_id text, p_verifier text, p_verifiers text[])
    RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_verifier = ANY (p_verifiers) THEN 'history'
        ELSE umws.hash_parameters(p_key_id, p_verifier) END
$$;
COMMENT ON FUNCTION umws.history_mark(text, text, text[]) IS
    'Of an old PIN: history, if it is one of the candidate''s; else what it was derived by.';

CREATE OR REPLACE FUNCTION umws.history_verdict(
        p_marks text[], p_key_ids text[], p_verifiers text[])
    RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF 'history' = ANY (p_marks) THEN
        RETURN 'history';
    END IF;
    -- Nearly always all were derived as the first of the candidate's was.
    IF p_marks <@ ARRAY[umws.hash_parameters(p_key_ids[1], p_verifiers[1])] THEN
        RETURN 'ok';
    END IF;
    DECLARE
        v_known text[] := '{}';
        v_seen  text[] := '{}';
        v_one   text;
    BEGIN
        FOR i IN 1 .. cardinality(p_verifiers) LOOP
            v_known := v_known || umws.hash_parameters(p_key_ids[i], p_verifiers[i]);
        END LOOP;
        FOREACH v_one IN ARRAY p_marks LOOP
            CONTINUE WHEN v_one = ANY (v_seen);
            IF cardinality(v_seen) < 4 AND v_one <> ALL (v_known) THEN
                RETURN 'stale';
            END IF;
            v_seen := v_seen || v_one;
        END LOOP;
        RETURN 'ok';
    END;
END
$$;
COMMENT ON FUNCTION umws.history_verdict(text[], text[], text[]) IS
    'Is the candidate among the last PINs (history)? stale: it has not been derived under one of their newest 4 parameters. p_marks: history_mark() of these PINs, newest first; p_key_ids, p_verifiers: as of reset_commit.';

CREATE OR REPLACE FUNCTION umws.reset_basis(p_user umws.um_user, p_policy umws.policy) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_policy.rules || ' ' || p_policy.id::text || ' ' || p_policy.pin_history_count::text
        || ' ' || coalesce(p_user.extension, '') || ' ' || p_user.email
        || ' ' || p_user.login || ' ' || p_user.display_name
$$;
COMMENT ON FUNCTION umws.reset_basis(umws.um_user, umws.policy) IS
    'All that a PIN is drawn and sealed by: when it differs at the commit, the work is stale.';

CREATE OR REPLACE FUNCTION umws.pin_verdict(
        p_user umws.um_user, p_policy umws.policy, p_basis text, p_rule text,
        p_key_ids text[], p_verifiers text[], p_mail_key_id text)
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_marks         text[];
    v_is_key_active boolean;
    v_verdict       text;
BEGIN
    IF umws.reset_basis(p_user, p_policy) IS DISTINCT FROM p_basis THEN
        RETURN 'stale';
    ELSIF p_user.pin_locked THEN
        RETURN 'pin_locked';
    ELSIF p_rule IS NOT NULL THEN
        RETURN p_rule;
    ELSIF cardinality(p_verifiers) > 5 THEN
        -- More than one PIN has: somebody asks which of them it was.
        RETURN 'stale';
    END IF;
    SELECT ARRAY(
            SELECT umws.history_mark(h.pin_key_id, h.verifier, p_verifiers)
            FROM umws.pin_history h
            WHERE h.user_id = p_user.id
            ORDER BY h.generation DESC LIMIT p_policy.pin_history_count),
        p_mail_key_id = '' OR EXISTS (SELECT FROM umws.mail_key k
            WHERE k.id = p_mail_key_id AND k.state = 'active')
    INTO v_marks, v_is_key_active;
    v_verdict := umws.history_verdict(v_marks, p_key_ids, p_verifiers);
    IF v_verdict = 'ok' AND v_is_key_active IS NOT TRUE THEN
        v_verdict := 'key_unknown';
    END IF;
    RETURN v_verdict;
END
$$;
COMMENT ON FUNCTION umws.pin_verdict(umws.um_user, umws.policy, text, text, text[], text[], text) IS
    'May a locked mailbox have this PIN? ok, stale, pin_locked, p_rule (the rule that it breaks, NULL = none), history, key_unknown (p_mail_key_id empty: no mail is sealed).';

-- STABLE, as adding to a time is: else PostgreSQL would not inline it.
CREATE OR REPLACE FUNCTION umws.is_locked_out(
        p_user umws.um_user, p_lockout_duration_s integer, p_now timestamptz)
    RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT p_user.locked_out_at IS NOT NULL AND (p_user.locked_by_admin
        OR p_lockout_duration_s = 0
        OR p_user.locked_out_at + make_interval(secs => p_lockout_duration_s) > p_now)
$$;
COMMENT ON FUNCTION umws.is_locked_out(umws.um_user, integer, timestamptz) IS
    'Is a mailbox locked out still? LockoutDuration (seconds, 0 = no end) holds but for a lock of an administrator.';

CREATE OR REPLACE FUNCTION umws.mail_has_pin(p_kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_kind NOT IN ('changed', 'set', 'elsewhere', 'expiring', 'locked')
$$;
COMMENT ON FUNCTION umws.mail_has_pin(text) IS
    'Does a mail of this kind carry the PIN? The others only tell of one.';

CREATE OR REPLACE FUNCTION umws.text_for(p_texts jsonb, p_text text, p_locale text)
    RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF p_texts = '{}' THEN
        RETURN p_text;
    END IF;
    RETURN coalesce((SELECT t.value FROM jsonb_each_text(p_texts) AS t
        WHERE starts_with(lower(p_locale COLLATE "C") || '-',
            lower(t.key COLLATE "C") || '-')
        ORDER BY length(t.key) DESC, t.key COLLATE "C" LIMIT 1), p_text);
END
$$;
COMMENT ON FUNCTION umws.text_for(jsonb, text, text) IS
    'The text of p_texts (language: text) for a locale: pt-BR, then pt, then p_text.';

CREATE OR REPLACE FUNCTION umws.mail_text(p_policy umws.policy, p_kind text, p_locale text)
    RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN p_kind = 'welcome' THEN umws.text_for(p_policy.um_enabled_texts,
            umws.text_for(p_policy.um_enabled_texts, p_policy.um_enabled_text,
                p_policy.default_language), p_locale)
        WHEN umws.mail_has_pin(p_kind) THEN umws.text_for(p_policy.reset_pin_texts,
            umws.text_for(p_policy.reset_pin_texts, p_policy.reset_pin_text,
                p_policy.default_language), p_locale)
        ELSE '' END
$$;
COMMENT ON FUNCTION umws.mail_text(umws.policy, text, text) IS
    'The policy''s text for a mail of this kind, in the language of the locale (NULL: none is known), else of the policy, else that without one: UMEnabledText of a welcome, ResetPINText of others with a PIN; empty = none.';

CREATE OR REPLACE FUNCTION umws.mails_supersede(p_user_id bigint, p_kinds text[]) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    -- In the order of their ids, as outbox_begin() has it. The lease stays: a
    -- mail whose SMTP transaction has begun ends first.
    WITH live AS MATERIALIZED (
        SELECT o.id FROM umws.outbox o
        WHERE o.user_id = p_user_id AND o.sealed IS NOT NULL AND o.kind <> 'elsewhere'
            AND (p_kinds IS NULL OR o.kind = ANY (p_kinds))
        ORDER BY o.id FOR UPDATE)
    UPDATE umws.outbox o SET state = 'superseded', sealed = NULL
    FROM live WHERE o.id = live.id;
END
$$;
COMMENT ON FUNCTION umws.mails_supersede(bigint, text[]) IS
    'What the waiting mails of these kinds (NULL: all) tell this mailbox, locked by the caller, is not so any more. That a PIN went elsewhere is told whatever comes after.';

CREATE OR REPLACE FUNCTION umws.mail_tell(
        p_user_ids bigint[], p_kind text, p_now timestamptz, p_until timestamptz)
    RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
        key_id, sealed, next_attempt_at, created_at, expires_at, display_name,
        extension, access_numbers, contact, extra_text, brand_name, brand_color, is_locked_out,
        must_change, pin_expires_at, temporary_until)
    SELECT gen_random_uuid(), u.id, u.generation, p_kind, u.email, u.locale,
        '', '', p_now, p_now,
        CASE p_kind WHEN 'expiring' THEN u.expires_at
            ELSE least(p_until, p_now + interval '120 hours') END,
        u.display_name, coalesce(u.extension, ''), p.access_numbers, p.help_desk_contact, '',
        p.brand_name, p.brand_color, p_kind = 'locked', false,
        CASE p_kind WHEN 'expiring' THEN u.expires_at END, p_until
    FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    WHERE u.id = ANY (p_user_ids) AND u.generation > 0
$$;
COMMENT ON FUNCTION umws.mail_tell(bigint[], text, timestamptz, timestamptz) IS
    'Queue a mail of the kind expiring or locked for these mailboxes, which the caller has locked: nothing is sealed in it. p_until: when what it tells ends, NULL = it does not, or with its PIN. Whoever has never had a PIN gets none.';

CREATE OR REPLACE FUNCTION umws.mail_is_over(
        p_kind text, p_pin_expires_at timestamptz, p_until timestamptz, p_now timestamptz)
    RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_kind IN ('expiring', 'locked') AND coalesce(p_pin_expires_at, p_until) <= p_now
$$;
COMMENT ON FUNCTION umws.mail_is_over(text, timestamptz, timestamptz, timestamptz) IS
    'Has what a mail tells come to its end by itself, so that nobody misses it? p_until: outbox.temporary_until.';

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
    v_contact        text;
    v_extra_text     text;
    v_brand_name     text;
    v_brand_color    text;
    v_is_locked_out  boolean;
    v_is_users_own   boolean := p_kind = 'changed';
    v_has_pin        boolean := umws.mail_has_pin(p_kind);
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
        locked_out_at = CASE WHEN p_kind IN ('admin', 'welcome', 'set') AND NOT u.locked_by_admin THEN NULL
            ELSE u.locked_out_at END,
        reset_due = false, is_expiry_told = false
    FROM umws.policy p
    WHERE u.id = p_user_id AND p.id = u.policy_id
    RETURNING u.generation, u.email, u.locale, u.display_name, coalesce(u.extension, ''),
        u.expires_at, u.temporary_until, p.access_numbers, p.help_desk_contact,
        umws.mail_text(p, p_kind, u.locale), p.brand_name, p.brand_color,
        umws.is_locked_out(u, p.lockout_duration_s, p_now)
    INTO STRICT v_generation, v_email, v_locale, v_display_name, v_extension, v_expires,
        v_temporary, v_access_numbers, v_contact, v_extra_text, v_brand_name, v_brand_color,
        v_is_locked_out;
    INSERT INTO umws.pin_history (user_id, generation, pin_key_id, verifier, set_at)
    VALUES (p_user_id, v_generation, p_key_id, p_verifier, p_now);
    -- 20 is the largest PINHistoryCount a policy may ask for.
    IF v_generation > 20 THEN
        DELETE FROM umws.pin_history h
        WHERE h.user_id = p_user_id AND h.generation <= v_generation - 20;
    END IF;
    PERFORM umws.mails_supersede(p_user_id, NULL);
    INSERT INTO umws.pin_change (id, login, extension, generation, kind, at, next_attempt_at)
    SELECT p_outbox_id, u.login, u.extension, v_generation, p_kind, p_now, p_now
    FROM umws.pin_change_tell t, umws.um_user u
    WHERE t.is_on AND u.id = p_user_id;
    IF p_sealed IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
        key_id, sealed, next_attempt_at, created_at, expires_at, display_name,
        extension, access_numbers, contact, extra_text, brand_name, brand_color,
        is_locked_out, must_change, pin_expires_at, temporary_until)
    VALUES (p_outbox_id, p_user_id, v_generation, p_kind, v_email, v_locale,
        p_mail_key_id, p_sealed, p_now, p_now,
        coalesce(CASE WHEN v_has_pin THEN least(v_expires, v_temporary) END,
            p_now + interval '120 hours'),
        v_display_name, v_extension, v_access_numbers, v_contact, v_extra_text, v_brand_name,
        v_brand_color, v_is_locked_out,
        NOT v_is_users_own, v_expires, v_temporary);
END
$$;
COMMENT ON FUNCTION umws.pin_store(bigint, timestamptz, text, text, uuid, text, text, bytea) IS
    'Set a PIN on a locked mailbox: verifier, history, older mails withdrawn, the change kept for who is told of it, new mail queued (p_sealed NULL: none). p_kind: reset, auto (the count of failed logons goes on), admin (it ends a lockout, but not one by an administrator), welcome (likewise; the first PIN), set (likewise; an operator has chosen the PIN) or changed (the user''s own PIN). The caller has locked and checked.';

RESET ROLE;
