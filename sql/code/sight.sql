-- sight.sql - whether mails leave: what monitoring asks, and the trace that
-- each pass of the mailer leaves for it.

SET LOCAL ROLE umws_owner;

-- Of the queue it reads what waits, by the index of that, and of the settled
-- rows those that were lost in the last day, a thousand of them at most.
CREATE OR REPLACE FUNCTION umws.outbox_sight(
        OUT due bigint, OUT later bigint, OUT sending bigint, OUT unreadable bigint,
        OUT withheld bigint, OUT keyless bigint, OUT lost bigint, OUT oldest_due_s bigint,
        OUT pass_s bigint, OUT pass_host text,
        OUT failing_s bigint, OUT failing_code integer, OUT failing_host text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_last timestamptz;
    v_keys text[];
BEGIN
    SELECT m.ended_at, m.host INTO v_last, pass_host
    FROM umws.mailer_pass m ORDER BY m.ended_at DESC, m.host LIMIT 1;
    IF v_last IS NOT NULL THEN      -- greatest() leaves out a NULL
        pass_s := greatest(floor(extract(epoch FROM v_now - v_last)), 0);
    END IF;
    SELECT m.failing_code, m.host,
        greatest(floor(extract(epoch FROM v_now - m.failing_since)), 0)
    INTO failing_code, failing_host, failing_s
    FROM umws.mailer_pass m
    WHERE m.failing_since IS NOT NULL AND m.ended_at > v_now - interval '24 hours'
    ORDER BY m.failing_code DESC, m.failing_since LIMIT 1;
    -- The keys of all mailers that ran when one ran last, be it long ago.
    SELECT array_agg(k.id) INTO v_keys
    FROM umws.mailer_pass m, unnest(m.key_ids) AS k (id)
    WHERE m.ended_at >= v_last - interval '1 hour';

    -- One whose user has another mail under way waits for that.
    SELECT count(*) FILTER (WHERE w.is_leased),
        count(*) FILTER (WHERE NOT w.is_leased AND w.is_withheld),
        count(*) FILTER (WHERE NOT w.is_leased AND NOT w.is_withheld AND w.is_unreadable),
        count(*) FILTER (WHERE w.is_open AND NOT w.is_due),
        count(*) FILTER (WHERE w.is_open AND w.is_due),
        count(*) FILTER (WHERE v_keys IS NOT NULL AND w.key_id <> ''
            AND NOT w.key_id = ANY (v_keys)),
        coalesce(floor(extract(epoch FROM
            v_now - min(w.next_attempt_at) FILTER (WHERE w.is_open AND w.is_due))), 0)
    INTO sending, withheld, unreadable, later, due, keyless, oldest_due_s
    FROM (
        SELECT q.*, NOT (q.is_leased OR q.is_withheld OR q.is_unreadable) AS is_open,
            q.next_attempt_at <= v_now AND (q.kind = 'elsewhere' OR NOT EXISTS (
                SELECT FROM umws.outbox l
                WHERE l.user_id = q.user_id AND l.lease_token IS NOT NULL
                    AND l.lease_until > v_now AND l.kind <> 'elsewhere')) AS is_due
        FROM (
            SELECT o.user_id, o.kind, o.key_id, o.next_attempt_at, o.is_unreadable,
                coalesce(o.lease_until > v_now, false) AS is_leased,
                o.unanswered >= 4 AS is_withheld
            FROM umws.outbox o
            WHERE o.sealed IS NOT NULL AND o.generation > 0) q) w;

    -- One whose mailbox has had a later mail taken is no news any more. Not by
    -- NOT EXISTS: the planner may make a join of that, with all rows there are.
    SELECT count(*) INTO lost FROM (
        SELECT FROM umws.outbox o
        WHERE o.lost_at IS NOT NULL AND o.lost_at > v_now - interval '24 hours'
            AND (SELECT true FROM umws.outbox n
                WHERE n.user_id = o.user_id AND n.created_at > o.created_at
                    AND n.state = 'sent' AND n.kind NOT IN ('expiring', 'locked')
                LIMIT 1) IS NULL
        LIMIT 1000) l;
END
$$;
COMMENT ON FUNCTION umws.outbox_sight() IS
    'How many mails wait: due (nobody works on them, oldest_due_s: for so long), later (put off, or behind another one of their user), sending (leased), unreadable, withheld; keyless: of all these, those whose key no mailer held that ran when one ran last. lost: dead or expired in the last 24 hours, and no later mail of their mailbox was taken; 1000 at most. pass_s: so many seconds ago a mailer ended a pass, on pass_host; NULL = none is known. failing_s: since when the passes of failing_host end with failing_code instead of 0, of the worst host of the last 24 hours; NULL = none.';
GRANT EXECUTE ON FUNCTION umws.outbox_sight() TO umws_worker, umws_mailer;

CREATE OR REPLACE FUNCTION umws.outbox_pass(
        p_host text, p_duration_ms bigint, p_exit_code integer, p_key_ids text[],
        p_sent bigint, p_deferred bigint, p_dead bigint,
        OUT sent bigint, OUT deferred bigint, OUT dead bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_begun timestamptz := v_now - make_interval(secs => greatest(p_duration_ms, 0) / 1000.0);
    v_is_well boolean;
BEGIN
    -- The one function that does not wait for the disk: it comes once a minute
    -- on each host, and after a crash the next pass writes the row anew.
    PERFORM set_config('synchronous_commit', 'off', true);
    v_is_well := p_exit_code = 0 AND (p_sent + p_deferred + p_dead > 0 OR NOT EXISTS (
        SELECT FROM umws.outbox o WHERE o.sealed IS NOT NULL AND o.generation > 0));
    INSERT INTO umws.mailer_pass AS m (host, begun_at, ended_at, exit_code,
        failing_since, failing_code, key_ids, sent, deferred, dead)
    VALUES (p_host, v_begun, v_now, p_exit_code,
        CASE WHEN p_exit_code <> 0 THEN v_begun END, nullif(p_exit_code, 0),
        p_key_ids, p_sent, p_deferred, p_dead)
    ON CONFLICT (host) DO UPDATE SET
        begun_at = EXCLUDED.begun_at, ended_at = EXCLUDED.ended_at,
        exit_code = EXCLUDED.exit_code, key_ids = EXCLUDED.key_ids,
        failing_since = CASE WHEN NOT v_is_well
            THEN coalesce(m.failing_since, EXCLUDED.failing_since) END,
        failing_code = CASE WHEN NOT v_is_well
            THEN coalesce(EXCLUDED.failing_code, m.failing_code) END,
        sent = m.sent + EXCLUDED.sent, deferred = m.deferred + EXCLUDED.deferred,
        dead = m.dead + EXCLUDED.dead
    RETURNING m.sent, m.deferred, m.dead INTO sent, deferred, dead;
    DELETE FROM umws.mailer_pass m WHERE m.ended_at < v_now - interval '168 hours';
END
$$;
COMMENT ON FUNCTION umws.outbox_pass(text, bigint, integer, text[], bigint, bigint, bigint) IS
    'A pass has ended: which host''s, how long it took, its exit status, the keys it held, and of how many mails it was told sent, kept and dead. Returns these counts of all passes of the host. A crash may lose it.';
GRANT EXECUTE ON FUNCTION umws.outbox_pass(text, bigint, integer, text[], bigint, bigint, bigint) TO umws_mailer;

RESET ROLE;
