-- admin-voicemail.sql - PINs that come with an import: those of another voice
-- mail. A verifier is made of a mailbox's number, so a mailbox that is not
-- there yet has its number before it is added.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.voicemail_prepare(p_logins jsonb, p_is_dry_run boolean)
    RETURNS TABLE (user_id bigint, has_pin boolean, rules text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    RETURN QUERY
    SELECT CASE WHEN u.id IS NOT NULL THEN u.id WHEN p_is_dry_run THEN 0
            ELSE nextval('umws.um_user_id_seq') END,
        u.id IS NOT NULL AND umws.has_had_pin(u), p.rules
    FROM jsonb_array_elements_text(p_logins) WITH ORDINALITY w (login, n)
        LEFT JOIN umws.um_user u ON u.login = umws.login_form(w.login)
        JOIN umws.policy p ON CASE WHEN u.id IS NULL THEN p.name = 'default'
            ELSE p.id = u.policy_id END
    ORDER BY w.n;
END
$$;
COMMENT ON FUNCTION umws.voicemail_prepare(jsonb, boolean) IS
    'What the PINs of these logins, an array, are checked and derived by, a row for each in their order. user_id: of one that is not there the number that it will have, with p_is_dry_run 0; rules: as in policy, the default one of those.';
GRANT EXECUTE ON FUNCTION umws.voicemail_prepare(jsonb, boolean) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.has_had_pin(p_user umws.um_user) RETURNS boolean
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT p_user.verifier IS NOT NULL OR p_user.generation > 0 OR p_user.reset_due
$$;
COMMENT ON FUNCTION umws.has_had_pin(umws.um_user) IS
    'Has umws a PIN for this mailbox, or had it one that failed logons have voided?';

CREATE OR REPLACE FUNCTION umws.stage_changed() RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'mailboxes were changed by somebody else meanwhile'
        USING ERRCODE = 'serialization_failure';
END
$$;
COMMENT ON FUNCTION umws.stage_changed() IS 'What was prepared holds no more: say so.';

CREATE OR REPLACE FUNCTION umws.stage_pins(
        p_pins jsonb, OUT pins bigint, OUT must_change bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    WITH given AS (
        SELECT DISTINCT ON (r.login) r.*
        FROM jsonb_to_recordset(p_pins) AS r (number bigint, login text, user_id bigint,
            key_id text, verifier text, must_change boolean, pin_locked boolean)
        ORDER BY r.login, r.number),
    taken AS (
        UPDATE umws.stage s SET new_id = nullif(g.user_id, 0), pin_key_id = g.key_id,
            verifier = g.verifier, must_change = g.must_change, pin_locked = g.pin_locked
        FROM given g
        WHERE s.login = umws.login_form(g.login) AND s.reason IS NULL AND s.must_change IS NULL
        RETURNING s.must_change)
    SELECT count(*), count(*) FILTER (WHERE t.must_change) INTO pins, must_change FROM taken t;
    IF EXISTS (SELECT FROM umws.stage s WHERE s.user_id <> s.new_id) THEN
        PERFORM umws.stage_changed();
    END IF;
END
$$;
COMMENT ON FUNCTION umws.stage_pins(jsonb) IS
    'Take in PINs for good rows, between stage_compare and stage_apply: an array of objects: number (of one login the first counts), login, user_id as of voicemail_prepare, key_id, verifier (both NULL in a dry run), must_change, pin_locked. Returns how many were taken, and how many of them must be changed.';
GRANT EXECUTE ON FUNCTION umws.stage_pins(jsonb) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.stage_apply_pins(p_source text) RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    PERFORM FROM umws.um_user u JOIN umws.stage s ON s.login = u.login
    WHERE s.verifier IS NOT NULL
    ORDER BY u.id FOR UPDATE OF u;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM umws.um_user u JOIN umws.stage s ON s.login = u.login
            WHERE s.verifier IS NOT NULL AND (u.id <> s.new_id OR umws.has_had_pin(u))) THEN
        PERFORM umws.stage_changed();
    END IF;
    -- As pin_store() does it; these PINs are their users' own.
    UPDATE umws.um_user u SET
        pin_key_id = s.pin_key_id, verifier = s.verifier, generation = 1, set_at = v_now,
        expires_at = CASE WHEN p.pin_lifetime_days > 0
            THEN v_now + make_interval(hours => 24 * p.pin_lifetime_days) END,
        must_change = s.must_change, is_first_time = u.is_first_time AND s.must_change,
        pin_locked = u.pin_locked OR s.pin_locked, temporary_until = NULL
    FROM umws.stage s, umws.policy p
    WHERE s.login = u.login AND s.verifier IS NOT NULL AND p.id = u.policy_id;
    INSERT INTO umws.pin_history (user_id, generation, pin_key_id, verifier, set_at)
    SELECT s.new_id, 1, s.pin_key_id, s.verifier, v_now
    FROM umws.stage s WHERE s.verifier IS NOT NULL;
    INSERT INTO umws.pin_change (id, login, extension, generation, kind, at, next_attempt_at)
    SELECT gen_random_uuid(), u.login, u.extension, 1, 'import', v_now, v_now
    FROM umws.pin_change_tell t, umws.stage s JOIN umws.um_user u ON u.login = s.login
    WHERE t.is_on AND s.verifier IS NOT NULL;
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        policy, reason)
    SELECT u.id, u.login, umws.actor(), inet_client_addr(), 'umwsctl', 'pin_import', 'ok',
        p.name, concat_ws(', ', p_source, CASE WHEN s.must_change THEN 'must be changed' END,
            CASE WHEN s.pin_locked THEN 'locked against change' END)
    FROM umws.stage s JOIN umws.um_user u ON u.login = s.login
        JOIN umws.policy p ON p.id = u.policy_id
    WHERE s.verifier IS NOT NULL ORDER BY s.number;
END
$$;
COMMENT ON FUNCTION umws.stage_apply_pins(text) IS
    'Of stage_apply: set the PINs that came with the rows, on mailboxes that never had one, and note each in the audit.';

RESET ROLE;
