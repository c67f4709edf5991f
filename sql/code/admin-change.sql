-- admin-change.sql - another system is told of changes of PINs (on_change).
--
-- pin_store() keeps each change in its own transaction, once this is on. A
-- change is claimed, told and settled; whoever dies between leaves it to
-- another one, so it may be told twice, by the same id, and is never lost.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.pin_change_start(OUT is_new boolean, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    UPDATE umws.pin_change_tell t SET is_on = true, since = clock_timestamp()
    WHERE NOT t.is_on;
    is_new := FOUND;
    IF is_new THEN
        message := 'changes of PINs are told from now on';
        PERFORM umws.audit_act('notify_changes', NULL, 'pin_change', NULL, message);
    END IF;
    DELETE FROM umws.pin_change c
    WHERE c.given_up_at < clock_timestamp() - interval '2160 hours';
END
$$;
COMMENT ON FUNCTION umws.pin_change_start() IS
    'Keep changes of PINs from now on, if that is not so yet (is_new); and forget what was given up 90 days ago.';
GRANT EXECUTE ON FUNCTION umws.pin_change_start() TO umws_admin;

CREATE OR REPLACE FUNCTION umws.pin_change_stop(OUT dropped bigint, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    UPDATE umws.pin_change_tell t SET is_on = false, since = NULL WHERE t.is_on;
    IF NOT FOUND THEN
        message := 'changes of PINs were not told';
    END IF;
    DELETE FROM umws.pin_change;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    message := coalesce(message, format('changes of PINs are told no more, and %s were left', dropped));
    PERFORM umws.audit_act('notify_stop', NULL, 'pin_change', NULL, message);
END
$$;
COMMENT ON FUNCTION umws.pin_change_stop() IS 'Keep no changes of PINs any more, and drop those that are left.';
GRANT EXECUTE ON FUNCTION umws.pin_change_stop() TO umws_admin;

CREATE OR REPLACE FUNCTION umws.pin_change_claim(
        p_lease_s integer,
        OUT id uuid, OUT token uuid, OUT login text, OUT fact text, OUT attempts integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now  timestamptz := clock_timestamp();
    v_row  umws.pin_change;
BEGIN
    PERFORM umws.commit_durably();
    IF p_lease_s IS NULL OR p_lease_s NOT BETWEEN 1 AND 3600 THEN
        RAISE EXCEPTION 'a lease is 1 to 3600 seconds'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_row FROM umws.pin_change c
    WHERE c.given_up_at IS NULL AND c.next_attempt_at <= v_now
    ORDER BY c.next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE umws.pin_change c SET attempts = c.attempts + 1, lease_token = gen_random_uuid(),
        next_attempt_at = v_now + make_interval(secs => p_lease_s)
    WHERE c.id = v_row.id
    RETURNING c.lease_token, c.attempts INTO token, attempts;
    id := v_row.id;
    login := v_row.login;
    -- Of what does not change alone: each attempt says the same.
    fact := jsonb_build_object('event', 'pin-changed', 'id', v_row.id, 'mailbox', v_row.login,
        'extension', v_row.extension, 'generation', v_row.generation, 'kind', v_row.kind,
        'at', to_char(v_row.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text;
END
$$;
COMMENT ON FUNCTION umws.pin_change_claim(integer) IS
    'Take the change that has been due for the longest, for so many seconds; id NULL: none is due. fact: what is told, a JSON object.';
GRANT EXECUTE ON FUNCTION umws.pin_change_claim(integer) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.pin_change_settle(
        p_id uuid, p_token uuid, p_outcome text, p_error text, OUT state text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now   timestamptz := clock_timestamp();
    v_row   umws.pin_change;
    v_pause integer;
BEGIN
    PERFORM umws.commit_durably();
    IF p_outcome NOT IN ('told', 'later', 'never') THEN
        RAISE EXCEPTION 'there is no outcome "%"', p_outcome
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_row FROM umws.pin_change c
    WHERE c.id = p_id AND c.lease_token = p_token FOR UPDATE;
    IF NOT FOUND THEN
        state := 'gone';
        RETURN;
    END IF;
    IF p_outcome = 'told' THEN
        DELETE FROM umws.pin_change c WHERE c.id = p_id;
        state := 'told';
        RETURN;
    END IF;
    state := CASE WHEN p_outcome = 'never'
        OR v_row.attempts >= 12 AND v_row.at < v_now - interval '72 hours'
        THEN 'given_up' ELSE 'queued' END;
    v_pause := least(3600, 30 * 2 ^ least(v_row.attempts - 1, 10));
    UPDATE umws.pin_change c SET lease_token = NULL, last_error = left(p_error, 120),
        next_attempt_at = v_now + make_interval(secs => v_pause),
        given_up_at = CASE WHEN state = 'given_up' THEN v_now END
    WHERE c.id = p_id;
END
$$;
COMMENT ON FUNCTION umws.pin_change_settle(uuid, uuid, text, text) IS
    'What came of an attempt: told; later: again after 30 s, then after twice as long each time, up to an hour, and given up after 72 hours and 12 attempts; never: given up at once. state: told, queued, given_up; gone: it is not this attempt''s any more.';
GRANT EXECUTE ON FUNCTION umws.pin_change_settle(uuid, uuid, text, text) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.pin_change_retry(OUT changes bigint, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    PERFORM umws.commit_durably();
    UPDATE umws.pin_change c SET given_up_at = NULL, attempts = 0, next_attempt_at = v_now
    WHERE c.given_up_at IS NOT NULL OR c.lease_token IS NULL AND c.next_attempt_at > v_now;
    GET DIAGNOSTICS changes = ROW_COUNT;
    message := format('%s changes are told with the next pass', changes);
    PERFORM umws.audit_act('notify_retry', NULL, 'pin_change', NULL, message);
END
$$;
COMMENT ON FUNCTION umws.pin_change_retry() IS
    'Let what was given up or put off be due now.';
GRANT EXECUTE ON FUNCTION umws.pin_change_retry() TO umws_admin;

CREATE OR REPLACE FUNCTION umws.pin_change_sight(OUT untold_s bigint, OUT given_up bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT (SELECT t.is_on FROM umws.pin_change_tell t) THEN
        RETURN;
    END IF;
    SELECT greatest(coalesce(floor(extract(epoch FROM clock_timestamp() - min(c.at)
            FILTER (WHERE c.given_up_at IS NULL))), 0), 0),
        count(*) FILTER (WHERE c.given_up_at IS NOT NULL)
    INTO untold_s, given_up FROM umws.pin_change c;
END
$$;
COMMENT ON FUNCTION umws.pin_change_sight() IS
    'For how many seconds a change has waited to be told (0: none does), and how many were given up; NULL: changes are not told.';
GRANT EXECUTE ON FUNCTION umws.pin_change_sight() TO umws_worker;

RESET ROLE;
