-- limits.sql - which limit is reached, and for how long still.
--
-- Helpers: no role but the owner may call them. A limit of n is reached while
-- the n-th newest reset or change is in the window.
--
-- Not of language sql, nor is any helper with a query or a row of its own:
-- PostgreSQL cannot inline it, and parses and plans it anew at each call.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.mailbox_back_off(
        p_at timestamptz[], p_per_hour integer, p_per_day integer, p_now timestamptz,
        OUT rule text, OUT free_at timestamptz)
    LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF p_per_hour > 0 AND p_at[p_per_hour] > p_now - interval '1 hour' THEN
        rule := 'user-hour';
        free_at := p_at[p_per_hour] + interval '1 hour';
    END IF;
    -- Of both the one that lasts longer.
    IF p_per_day > 0 AND p_at[p_per_day] + interval '24 hours' > coalesce(free_at, p_now) THEN
        rule := 'user-day';
        free_at := p_at[p_per_day] + interval '24 hours';
    END IF;
END
$$;
COMMENT ON FUNCTION umws.mailbox_back_off(timestamptz[], integer, integer, timestamptz) IS
    'Which limit on own resets of a mailbox is reached, and until when; NULLs = none. p_at: when they were, those of the last 24 hours, newest first, as many as the greater limit has. Exact when the mailbox was locked before they were read.';

CREATE OR REPLACE FUNCTION umws.common_back_off(
        p_address inet, p_now timestamptz,
        OUT rule text, OUT free_at timestamptz)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_per_minute integer;
    v_address_at timestamptz;
    v_minute_at  timestamptz;
BEGIN
    -- The newest row that is n - 1 numbers back, or more: at most n - 1 rows are
    -- newer, so where it is not in the window, no n of them are.
    SELECT l.resets_per_minute,
        CASE WHEN l.resets_per_address_hour > 0 THEN (
            SELECT a.at FROM umws.audit a
            WHERE umws.client_net(a.actor_address) = umws.client_net(p_address)
                AND a.action = 'reset' AND a.result = 'ok'
                AND a.at > p_now - interval '1 hour'
            ORDER BY a.at DESC OFFSET l.resets_per_address_hour - 1 LIMIT 1) END,
        CASE WHEN l.resets_per_minute > 0 THEN (
            SELECT a.at FROM umws.audit a
            WHERE a.reset_number <= (SELECT n.last_value FROM umws.audit_reset_number_seq n)
                - l.resets_per_minute + 1
            ORDER BY a.reset_number DESC LIMIT 1) END
    INTO STRICT v_per_minute, v_address_at, v_minute_at
    FROM umws.limits l;
    IF v_address_at IS NOT NULL THEN
        rule := 'address-hour';
        free_at := v_address_at + interval '1 hour';
    END IF;
    IF v_minute_at > p_now - interval '1 minute' THEN
        -- Numbers have gaps (a failed reset, a crash): now it must be counted.
        SELECT a.at INTO v_minute_at FROM umws.audit a
        WHERE a.reset_number IS NOT NULL
        ORDER BY a.reset_number DESC OFFSET v_per_minute - 1 LIMIT 1;
        IF v_minute_at + interval '1 minute' > coalesce(free_at, p_now) THEN
            rule := 'all-minute';
            free_at := v_minute_at + interval '1 minute';
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION umws.common_back_off(inet, timestamptz) IS
    'Which limit on own resets from an address or over all mailboxes is reached, and until when; NULLs = none. What has not committed does not count.';

CREATE OR REPLACE FUNCTION umws.change_back_off_ms(p_user_id bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_now   timestamptz := clock_timestamp();
    v_limit integer;
    v_at    timestamptz;
BEGIN
    SELECT l.changes_per_user_hour INTO STRICT v_limit FROM umws.limits l;
    IF v_limit > 0 THEN
        SELECT a.at INTO v_at FROM umws.audit a
        WHERE a.user_id = p_user_id AND starts_with(a.action, 'set_') AND a.result = 'ok'
            AND a.at > v_now - interval '1 hour'
        ORDER BY a.at DESC OFFSET v_limit - 1 LIMIT 1;
    END IF;
    RETURN ceil(extract(epoch FROM v_at + interval '1 hour' - v_now) * 1000)::bigint;
END
$$;
COMMENT ON FUNCTION umws.change_back_off_ms(bigint) IS
    'For how many ms still the limit on properties set is reached; NULL = it is not.';

-- A worker asks now and then; the row lets one of all hosts look once an hour.
CREATE OR REPLACE FUNCTION umws.address_share(
        OUT address text, OUT resets bigint, OUT total bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    IF current_setting('transaction_read_only')::boolean THEN
        RETURN;
    END IF;
    PERFORM umws.commit_durably();
    PERFORM FROM umws.address_check c WHERE c.at <= v_now - interval '1 hour'
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE umws.address_check c SET at = v_now;
    -- Of the day's resets the newest 20000: by their numbers, so that no more
    -- rows are read than that.
    SELECT host(g.net) || CASE WHEN masklen(g.net) < CASE family(g.net) WHEN 4 THEN 32 ELSE 128 END
            THEN '/' || masklen(g.net)::text ELSE '' END, g.n, g.total
    INTO address, resets, total
    FROM (
        SELECT umws.client_net(a.actor_address) AS net, count(*) AS n,
            (sum(count(*)) OVER ())::bigint AS total
        FROM umws.audit a
        WHERE a.reset_number > (SELECT n.last_value FROM umws.audit_reset_number_seq n) - 20000
            AND a.at > v_now - interval '24 hours'
        GROUP BY 1) g
    WHERE g.net IS NOT NULL AND g.n >= 10 AND g.n * 2 > g.total;
END
$$;
COMMENT ON FUNCTION umws.address_share() IS
    'Once an hour, and else NULLs: the address (IPv6: its /64) that makes over half of the own resets of 24 hours (of the newest 20000 at most), if these are 10 or more; how many, and of how many.';
GRANT EXECUTE ON FUNCTION umws.address_share() TO umws_worker;

RESET ROLE;
