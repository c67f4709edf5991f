-- outbox.sql - the mailer's functions: claim under a lease, begin,
-- settle; and what wakes one that waits.
--
-- They never lock um_user: the order of locks is um_user, then outbox.
--
-- "sealed IS NOT NULL AND generation > 0" is what the indexes of the queue
-- say: all rows that are to be sent.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.outbox_claim(p_key_ids text[], p_limit integer, p_token uuid)
    RETURNS TABLE (id uuid, is_expired boolean, last_error text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    PERFORM umws.commit_durably();
    -- Materialised: a plan that ran the inner query more than once would take
    -- more rows than its limit says.
    RETURN QUERY
    WITH overdue AS MATERIALIZED (
        SELECT x.id FROM umws.outbox x
        WHERE x.sealed IS NOT NULL AND x.generation > 0 AND x.expires_at <= v_now
            AND (x.lease_until IS NULL OR x.lease_until <= v_now)
        LIMIT 100 FOR UPDATE SKIP LOCKED),
    ended AS (
        SELECT y.id, umws.mail_is_over(y.kind, y.pin_expires_at, y.temporary_until, v_now)
            AS is_over
        FROM umws.outbox y JOIN overdue ON overdue.id = y.id),
    gone AS (
        UPDATE umws.outbox o SET sealed = NULL,
            state = CASE WHEN ended.is_over THEN 'superseded' ELSE 'expired' END,
            lost_at = CASE WHEN NOT ended.is_over THEN v_now END,
            lease_token = NULL, lease_until = NULL
        FROM ended WHERE o.id = ended.id
        RETURNING o.id, ended.is_over, o.last_error)
    SELECT g.id, true, g.last_error::text FROM gone g WHERE NOT g.is_over;

    -- A mail was begun and its mailer died. How far that one came nobody
    -- knows: it may have sent it. It comes again behind those that are due,
    -- at once for the first three times; then it may be the mail that mailers
    -- die of, and the pauses grow from 5 s, each four times as long. With the
    -- lease that has to end before, that is 12 copies in 5 days. One that was
    -- withdrawn meanwhile only loses its lease.
    WITH left_behind AS MATERIALIZED (
        SELECT x.id FROM umws.outbox x
        WHERE x.lease_token IS NOT NULL AND x.lease_until <= v_now
            AND (x.sealed IS NULL OR x.state = 'sending')
        LIMIT 100 FOR UPDATE SKIP LOCKED)
    UPDATE umws.outbox o SET lease_token = NULL, lease_until = NULL,
        state = CASE WHEN o.state = 'sending' THEN 'queued' ELSE o.state END,
        abandoned = o.abandoned + (o.state = 'sending')::integer,
        next_attempt_at = CASE WHEN o.state <> 'sending' THEN o.next_attempt_at
            WHEN o.abandoned < 3 THEN v_now
            ELSE v_now + make_interval(secs => 5 * power(4, least(o.abandoned, 12) - 3)) END
    FROM left_behind WHERE o.id = left_behind.id;

    -- A leased row of the same user, in whatever state, is a mail that may
    -- be under way: the next one waits, so the last mail is the newest PIN.
    -- One that tells of a PIN that went elsewhere waits for none, nor does
    -- another one wait for it.
    RETURN QUERY
    WITH due AS MATERIALIZED (
        SELECT x.id, x.user_id, x.kind <> 'elsewhere' AS is_in_line, x.next_attempt_at
        FROM umws.outbox x
        WHERE x.sealed IS NOT NULL AND x.generation > 0
            AND x.next_attempt_at <= v_now
            AND (x.lease_until IS NULL OR x.lease_until <= v_now)
            AND (x.key_id = '' OR x.key_id = ANY (p_key_ids))
            AND NOT EXISTS (
                SELECT FROM umws.outbox l
                WHERE l.user_id = x.user_id AND l.lease_token IS NOT NULL
                    AND l.lease_until > v_now
                    AND l.kind <> 'elsewhere' AND x.kind <> 'elsewhere')
        ORDER BY x.next_attempt_at
        LIMIT p_limit FOR UPDATE SKIP LOCKED),
    claimed AS (
        -- queued again: begin counts by that. One in sending is here only if
        -- somebody has taken its lease away by hand.
        UPDATE umws.outbox o SET state = 'queued',
            abandoned = o.abandoned + (o.state = 'sending')::integer,
            lease_token = p_token,
            lease_until = v_now + interval '60 seconds'
        FROM due WHERE o.id = due.id
            -- Of two that are due the one that was so before.
            AND NOT EXISTS (
                SELECT FROM due d
                WHERE d.user_id = due.user_id AND d.is_in_line AND due.is_in_line
                    AND (d.next_attempt_at, d.id) < (due.next_attempt_at, due.id))
        RETURNING o.id, o.next_attempt_at)
    SELECT c.id, false, NULL::text FROM claimed c ORDER BY c.next_attempt_at;
END
$$;
COMMENT ON FUNCTION umws.outbox_claim(text[], integer, uuid) IS
    'Expire up to 100 mails that are overdue, which come first and with their last error; then take up to p_limit due ones under one lease of 60 s, only those sealed to the given keys, or without anything that is sealed. What an overdue mail tells may have ended by itself (mail_is_over()): it is superseded, and does not come. One that was begun and never settled is abandoned once more: due again at once the first three times, then after growing pauses.';
GRANT EXECUTE ON FUNCTION umws.outbox_claim(text[], integer, uuid) TO umws_mailer;

CREATE OR REPLACE FUNCTION umws.outbox_settle(
        p_id uuid, p_token uuid, p_result text, p_retry_s integer, p_error text)
    RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_is_kept boolean := p_result IN ('retry', 'doubt', 'again', 'unanswered',
        'withheld', 'unsent', 'unreadable');
BEGIN
    PERFORM umws.commit_durably();
    IF p_result IS NULL OR NOT (v_is_kept OR p_result IN ('sent', 'dead', 'lone')) THEN
        RAISE EXCEPTION 'a mail cannot be settled as "%"', p_result
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- A row superseded meanwhile stays so; the lease is always cleared.
    UPDATE umws.outbox o SET
        attempts = o.attempts - (p_result IN ('withheld', 'unsent'))::integer,
        unanswered = o.unanswered + (p_result = 'unanswered')::integer,
        state = CASE WHEN o.state <> 'sending' THEN o.state
            WHEN v_is_kept THEN 'queued' WHEN p_result = 'lone' THEN 'dead' ELSE p_result END,
        sealed = CASE WHEN v_is_kept THEN o.sealed END,
        is_unreadable = p_result = 'unreadable' OR p_result = 'unsent' AND o.is_unreadable,
        doubted_at = CASE WHEN p_result = 'doubt' THEN coalesce(o.doubted_at, v_now)
            WHEN p_result IN ('again', 'withheld', 'unsent') THEN o.doubted_at END,
        is_lone = p_result = 'lone',
        lost_at = CASE WHEN o.state = 'sending' AND p_result IN ('dead', 'lone') THEN v_now
            ELSE o.lost_at END,
        sent_at = CASE WHEN p_result = 'sent' THEN v_now END,
        last_error = CASE WHEN p_result = 'unsent' THEN o.last_error
            WHEN p_result <> 'sent' THEN p_error END,
        next_attempt_at = CASE WHEN v_is_kept AND p_result <> 'unsent'
            THEN v_now + make_interval(secs => greatest(p_retry_s, 0))
            ELSE o.next_attempt_at END,
        lease_token = NULL, lease_until = NULL
    WHERE o.id = p_id AND o.lease_token = p_token;
    RETURN CASE WHEN FOUND THEN 'ok' ELSE 'gone' END;
END
$$;
COMMENT ON FUNCTION umws.outbox_settle(uuid, uuid, text, integer, text) IS
    'The end of an attempt: sent, retry (in p_retry_s), doubt (the same, refused in words that may be about all mails, while another recipient''s was taken: when it was so first is kept, until an attempt ends otherwise), again (the same, and nothing is known of it: it was not tried, or refused so while none was taken), unanswered (the same, and maybe sent: a copy is counted), withheld (the same, and nothing was sent: it does not count as an attempt), unsent (the same, and the mail waits as it did before), unreadable (the mailer could make no mail of the row; kept, and tried again in p_retry_s) dead (refused for good) or lone (the same, with no other mail to compare with). ok, or gone when the lease was no longer ours.';
GRANT EXECUTE ON FUNCTION umws.outbox_settle(uuid, uuid, text, integer, text) TO umws_mailer;

CREATE OR REPLACE FUNCTION umws.outbox_begin(
        p_ids uuid[], p_tokens uuid[], p_sent uuid[], p_sent_tokens uuid[])
    RETURNS TABLE (settled text, result text, user_id bigint, generation bigint, kind text,
        recipient text, locale text, sealed text, extension text,
        display_name text, access_numbers text, contact text, extra_text text,
        brand_name text, brand_color text,
        is_locked_out boolean, must_change boolean, attempts integer,
        created_at bigint, pin_expires_at bigint, temporary_until bigint,
        unanswered integer, doubted_s integer, default_language text,
        created_offset_s bigint, created_zone text,
        pin_expires_offset_s bigint, pin_expires_zone text,
        temporary_offset_s bigint, temporary_zone text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- No NULL: array_nulls, a setting, makes a word of it.
    c_none CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    v_row umws.outbox;
BEGIN
    PERFORM umws.commit_durably();
    -- Whoever locks several mails does so in the order of their ids: an
    -- import that withdraws them must not meet with us crosswise.
    PERFORM FROM umws.outbox o WHERE o.id = ANY (p_ids || p_sent) ORDER BY o.id FOR UPDATE;
    FOR i IN 1 .. cardinality(p_ids) LOOP
        settled := NULL;
        IF p_sent[i] <> c_none THEN
            settled := umws.outbox_settle(p_sent[i], p_sent_tokens[i], 'sent', 0, NULL);
        END IF;
        -- 12 minutes: longer than the longest SMTP transaction that umws.conf
        -- allows (11 minutes).
        -- The same begin may come again, its answer having been lost: it
        -- counts once.
        UPDATE umws.outbox o SET state = 'sending',
            attempts = o.attempts + (o.state = 'queued')::integer,
            lease_until = clock_timestamp() + interval '12 minutes'
        WHERE o.id = p_ids[i] AND o.lease_token = p_tokens[i]
            AND o.state IN ('queued', 'sending') AND o.expires_at > clock_timestamp()
        RETURNING o.* INTO v_row;
        result := CASE WHEN FOUND THEN 'ok' ELSE 'gone' END;
        IF NOT FOUND THEN
            -- Superseded meanwhile: the user's next mail need not wait for us.
            UPDATE umws.outbox o SET lease_token = NULL, lease_until = NULL
            WHERE o.id = p_ids[i] AND o.lease_token = p_tokens[i];
        END IF;
        user_id := v_row.user_id;
        generation := v_row.generation;
        kind := v_row.kind;
        recipient := v_row.recipient;
        locale := v_row.locale;
        default_language := v_row.default_language;
        created_offset_s := v_row.created_offset_s;
        created_zone := v_row.created_zone;
        pin_expires_offset_s := v_row.pin_expires_offset_s;
        pin_expires_zone := v_row.pin_expires_zone;
        temporary_offset_s := v_row.temporary_offset_s;
        temporary_zone := v_row.temporary_zone;
        -- In a form that no setting of the session changes.
        sealed := encode(v_row.sealed, 'hex');
        extension := v_row.extension;
        display_name := v_row.display_name;
        access_numbers := v_row.access_numbers;
        contact := v_row.contact;
        extra_text := v_row.extra_text;
        brand_name := v_row.brand_name;
        brand_color := v_row.brand_color;
        is_locked_out := v_row.is_locked_out;
        must_change := v_row.must_change;
        attempts := v_row.attempts;
        created_at := floor(extract(epoch FROM v_row.created_at));
        pin_expires_at := coalesce(floor(extract(epoch FROM v_row.pin_expires_at)), 0);
        temporary_until := coalesce(floor(extract(epoch FROM v_row.temporary_until)), 0);
        unanswered := v_row.unanswered;
        doubted_s := CASE WHEN v_row.doubted_at IS NULL THEN 0
            ELSE greatest(extract(epoch FROM clock_timestamp() - v_row.doubted_at), 0) END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION umws.outbox_begin(uuid[], uuid[], uuid[], uuid[]) IS
    'Right before MAIL FROM: are these mails still ours, by their tokens, and their PINs still the newest? A row for each, in their order. result: ok (with all that the mail holds, lease of 12 minutes) or gone. Times in seconds since 1970, 0 = none; sealed in hex; doubted_s: so many seconds ago it was settled first as in doubt, 0 = it was not. p_sent, beside each a mail that the server has taken: it is settled as sent in the same commit; settled: what outbox_settle() says. An id of zeros stands for none.';
GRANT EXECUTE ON FUNCTION umws.outbox_begin(uuid[], uuid[], uuid[], uuid[]) TO umws_mailer;

CREATE OR REPLACE FUNCTION umws.outbox_release(p_token uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT umws.commit_durably();
    WITH ours AS MATERIALIZED (
        SELECT x.id FROM umws.outbox x
        WHERE x.lease_token = p_token AND x.state <> 'sending' ORDER BY x.id FOR UPDATE)
    UPDATE umws.outbox o SET lease_token = NULL, lease_until = NULL
    FROM ours WHERE o.id = ours.id
$$;
COMMENT ON FUNCTION umws.outbox_release(uuid) IS
    'Give back the mails of a claim that were not begun: the pass ends before them.';
GRANT EXECUTE ON FUNCTION umws.outbox_release(uuid) TO umws_mailer;

-- The follower sleeps for so long, and no longer: what is due without a word
-- of it is a mail that was put off, one whose life ends, or one that was left
-- behind. Each is the first entry of an index, or there are few.
CREATE OR REPLACE FUNCTION umws.outbox_next(p_key_ids text[]) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_at  timestamptz;
BEGIN
    -- As outbox_claim() takes them. least() leaves out a NULL.
    v_at := least(
        (SELECT x.next_attempt_at FROM umws.outbox x
        WHERE x.sealed IS NOT NULL AND x.generation > 0
            AND (x.lease_until IS NULL OR x.lease_until <= v_now)
            AND (p_key_ids IS NULL OR x.key_id = '' OR x.key_id = ANY (p_key_ids))
            AND NOT EXISTS (
                SELECT FROM umws.outbox l
                WHERE l.user_id = x.user_id AND l.lease_token IS NOT NULL
                    AND l.lease_until > v_now
                    AND l.kind <> 'elsewhere' AND x.kind <> 'elsewhere')
        ORDER BY x.next_attempt_at LIMIT 1),
        (SELECT x.expires_at FROM umws.outbox x
        WHERE x.sealed IS NOT NULL AND x.generation > 0
            AND (x.lease_until IS NULL OR x.lease_until <= v_now)
        ORDER BY x.expires_at LIMIT 1),
        (SELECT min(x.lease_until) FROM umws.outbox x
        WHERE x.lease_token IS NOT NULL
            AND (x.lease_until > v_now OR x.sealed IS NULL OR x.state = 'sending')));
    IF v_at IS NOT NULL THEN        -- greatest() leaves out a NULL, too
        RETURN greatest(ceil(extract(epoch FROM v_at - v_now) * 1000), 0);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION umws.outbox_next(text[]) IS
    'In how many milliseconds a mailer that holds these keys (NULL: all) has something to do: a mail is due, its life ends, or somebody''s lease does; 0 = now, NULL = not before something is queued.';
GRANT EXECUTE ON FUNCTION umws.outbox_next(text[]) TO umws_mailer;

-- One NOTIFY at a time: those that notify wait for each other while they
-- commit, for a disk or a standby, and no reset waits for that. Who comes
-- while another notifies leaves it out; the follower, which that one wakes,
-- looks again some moments later. Nothing is sent along: anybody who may
-- connect can listen. Whoever listens and stays in a transaction fills the
-- queue of notifications of the whole cluster, and a full one would undo the
-- reset: then followers find the mail by themselves.
CREATE OR REPLACE FUNCTION umws.outbox_wake() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_try_advisory_xact_lock(1970108275, 7304564) THEN
        IF pg_notification_queue_usage() < 0.5 THEN
            PERFORM pg_notify('umws_outbox', '');
        END IF;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION umws.outbox_wake() IS
    'Wake mailers that follow the outbox, when this transaction commits; not if another one is about to, nor while half of the queue of notifications is taken up.';

-- At the very end of the transaction, however long that is: until then others
-- notify. CREATE OR REPLACE knows no such triggers.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger t
            WHERE t.tgrelid = 'umws.outbox'::regclass AND t.tgname = 'outbox_queued') THEN
        CREATE CONSTRAINT TRIGGER outbox_queued AFTER INSERT ON umws.outbox
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION umws.outbox_wake();
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger t
            WHERE t.tgrelid = 'umws.outbox'::regclass AND t.tgname = 'outbox_hastened') THEN
        CREATE CONSTRAINT TRIGGER outbox_hastened
            AFTER UPDATE OF next_attempt_at ON umws.outbox
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NEW.next_attempt_at < OLD.next_attempt_at)
            EXECUTE FUNCTION umws.outbox_wake();
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION umws.outbox_missing_keys(p_key_ids text[]) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT o.key_id FROM umws.outbox o
    WHERE o.sealed IS NOT NULL AND o.generation > 0 AND o.key_id <> ''
        AND NOT o.key_id = ANY (p_key_ids)
$$;
COMMENT ON FUNCTION umws.outbox_missing_keys(text[]) IS
    'Ids of mail keys that waiting mails are sealed to and that the caller does not hold.';
GRANT EXECUTE ON FUNCTION umws.outbox_missing_keys(text[]) TO umws_mailer;

CREATE OR REPLACE FUNCTION umws.outbox_unreadable() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT o.id FROM umws.outbox o
    WHERE o.sealed IS NOT NULL AND o.generation > 0 AND o.is_unreadable
    ORDER BY o.created_at, o.id LIMIT 10
$$;
COMMENT ON FUNCTION umws.outbox_unreadable() IS
    'Waiting mails that the mailer who had them last could not read, the oldest 10.';
GRANT EXECUTE ON FUNCTION umws.outbox_unreadable() TO umws_mailer;

CREATE OR REPLACE FUNCTION umws.outbox_left(OUT waiting bigint, OUT oldest_s bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*), coalesce(greatest(floor(extract(
        epoch FROM clock_timestamp() - min(o.created_at))), 0), 0)::bigint
    FROM umws.outbox o WHERE o.sealed IS NOT NULL AND o.generation > 0
$$;
COMMENT ON FUNCTION umws.outbox_left() IS
    'How many mails wait, due or not, and how many seconds ago the oldest of them was queued; 0 when none waits.';
GRANT EXECUTE ON FUNCTION umws.outbox_left() TO umws_mailer;

-- Asked only when a server says that there is no such recipient: rarely, so
-- begin does not carry it. It reads what waits, and never a final row but
-- those few of outbox_lone.
CREATE OR REPLACE FUNCTION umws.outbox_is_alone(p_id uuid) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT NOT EXISTS (
        SELECT FROM umws.outbox o
        WHERE o.sealed IS NOT NULL AND o.generation > 0 AND o.id <> p_id
            AND (o.next_attempt_at <= clock_timestamp() OR o.attempts > 0))
        AND NOT EXISTS (SELECT FROM umws.outbox o WHERE o.is_lone)
$$;
COMMENT ON FUNCTION umws.outbox_is_alone(uuid) IS
    'May this mail be judged with no other to compare with? Not while another waits that is due, or was tried and not taken; nor after one that was judged so, until a mail is taken.';
GRANT EXECUTE ON FUNCTION umws.outbox_is_alone(uuid) TO umws_mailer;

-- Asked when mails to one domain are refused for what may be ours, and none was
-- taken: once in a pass at most. It reads what waits.
CREATE OR REPLACE FUNCTION umws.outbox_give_way(p_domain text, p_retry_s integer)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now    timestamptz := clock_timestamp();
    v_until  timestamptz := v_now + make_interval(secs => greatest(p_retry_s, 0));
    v_domain text := lower(p_domain COLLATE "C");
BEGIN
    PERFORM umws.commit_durably();
    IF NOT EXISTS (
            SELECT FROM umws.outbox o
            WHERE o.sealed IS NOT NULL AND o.generation > 0 AND o.next_attempt_at <= v_now
                AND (o.lease_until IS NULL OR o.lease_until <= v_now)
                AND lower(split_part(o.recipient, '@', -1) COLLATE "C") <> v_domain) THEN
        RETURN false;
    END IF;
    WITH theirs AS MATERIALIZED (
        SELECT x.id FROM umws.outbox x
        WHERE x.sealed IS NOT NULL AND x.generation > 0 AND x.next_attempt_at < v_until
            AND (x.lease_until IS NULL OR x.lease_until <= v_now)
            AND lower(split_part(x.recipient, '@', -1) COLLATE "C") = v_domain
        ORDER BY x.id FOR UPDATE SKIP LOCKED)
    UPDATE umws.outbox o SET next_attempt_at = v_until
    FROM theirs WHERE o.id = theirs.id;
    RETURN true;
END
$$;
COMMENT ON FUNCTION umws.outbox_give_way(text, integer) IS
    'Let mails to other domains go first: those to this one that nobody has under way are not due for p_retry_s. False, and nothing is changed, when none to another domain is due.';
GRANT EXECUTE ON FUNCTION umws.outbox_give_way(text, integer) TO umws_mailer;

-- Once in a pass that had mails taken, and not with each of them: no send
-- pays for it, and no two wait for each other.
CREATE OR REPLACE FUNCTION umws.outbox_vouch() RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT umws.commit_durably();
    WITH lone AS MATERIALIZED (
        SELECT x.id FROM umws.outbox x WHERE x.is_lone
        LIMIT 100 FOR UPDATE SKIP LOCKED)
    UPDATE umws.outbox o SET is_lone = false
    FROM lone WHERE o.id = lone.id
$$;
COMMENT ON FUNCTION umws.outbox_vouch() IS
    'A mail was taken: the server and our settings are good, and what died alone did so by its own fault.';
GRANT EXECUTE ON FUNCTION umws.outbox_vouch() TO umws_mailer;

RESET ROLE;
