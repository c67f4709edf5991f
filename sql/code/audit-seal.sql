-- audit-seal.sql - what "umwsctl audit seal" and "audit verify" call, and the
-- worker for its metrics. The key is the former's alone: here are the rows, in a
-- form that no setting changes, and the codes that were made of them.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.epoch_us(p_at timestamptz) RETURNS bigint
    LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN isfinite(p_at)
        THEN (extract(epoch FROM p_at) * 1000000)::bigint END
$$;
COMMENT ON FUNCTION umws.epoch_us(timestamptz) IS 'A time as microseconds since 1970; NULL for infinity.';

CREATE OR REPLACE FUNCTION umws.from_epoch_us(p_us bigint) RETURNS timestamptz
    LANGUAGE sql STABLE
AS $$
    SELECT timestamptz '1970-01-01 00:00:00+00' + p_us * interval '1 microsecond'
$$;
COMMENT ON FUNCTION umws.from_epoch_us(bigint) IS 'The time so many microseconds after 1970.';

-- What a program takes for a row has a limit, what a column may hold has none:
-- one long reason must not keep everything from being sealed.
CREATE OR REPLACE FUNCTION umws.short_text(p_text text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
    IF octet_length(p_text) > 60000 THEN
        RETURN 'sha256 ' || encode(sha256(convert_to(p_text, 'UTF8')), 'hex');
    END IF;
    RETURN p_text;
END
$$;
COMMENT ON FUNCTION umws.short_text(text) IS 'A text of up to 60000 bytes as it is; of a longer one its SHA-256.';

CREATE OR REPLACE FUNCTION umws.audit_text(p umws.audit) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT umws.short_text(jsonb_build_array(p.id, umws.epoch_us(p.at), p.xid::text, p.user_id, p.login,
        p.actor, p.actor_address::text, p.way, p.caller, p.call, p.action, p.result, p.rule,
        p.policy, p.reason, p.operation_id::text, p.request_id, p.count,
        umws.epoch_us(p.minute), p.reset_number, p.db_user)::text)
$$;
COMMENT ON FUNCTION umws.audit_text(umws.audit) IS
    'All of an audit row as a text that no setting changes: what its code is over. Another form of it would need another kind of seal.';

CREATE OR REPLACE FUNCTION umws.cluster_id() RETURNS bigint
    LANGUAGE sql STABLE
AS $$
    SELECT c.system_identifier FROM pg_control_system() c
$$;
COMMENT ON FUNCTION umws.cluster_id() IS
    'Which cluster this is: after a restore into another one, ids of transactions begin anew.';

-- Counts of refusals grow for ten minutes (umws.keep_refusal()). Whoever has
-- let one grow before p_us began its transaction before p_xid.
CREATE OR REPLACE FUNCTION umws.audit_horizon(OUT us bigint, OUT xid text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT umws.epoch_us(statement_timestamp()), pg_snapshot_xmax(pg_current_snapshot())::text
$$;
COMMENT ON FUNCTION umws.audit_horizon() IS
    'The begin of this statement, in microseconds since 1970, and the first transaction that had no id then.';
GRANT EXECUTE ON FUNCTION umws.audit_horizon() TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_seal_begin(
        p_us bigint, p_xid text,
        OUT seal_id bigint, OUT previous_mac text, OUT us bigint, OUT cluster bigint,
        OUT xid_below text, OUT xid_next text, OUT refusals_below_us bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_snapshot pg_snapshot;
BEGIN
    PERFORM umws.commit_durably();
    -- One at a time. What is read from here on has seen the last one's commit.
    PERFORM pg_advisory_xact_lock('umws.audit_seal'::regclass::oid::bigint);
    v_snapshot := pg_current_snapshot();
    SELECT coalesce(max(s.id), 0) + 1 INTO seal_id FROM umws.audit_seal s;
    SELECT encode(s.mac, 'hex') INTO previous_mac FROM umws.audit_seal s
    WHERE s.id = seal_id - 1;
    previous_mac := coalesce(previous_mac, '');
    us := umws.epoch_us(clock_timestamp());
    cluster := umws.cluster_id();
    xid_below := pg_snapshot_xmin(v_snapshot)::text;
    xid_next := pg_snapshot_xmax(v_snapshot)::text;
    IF pg_snapshot_xmin(v_snapshot) >= p_xid::xid8 THEN
        refusals_below_us := p_us - 10 * 60 * 1000000::bigint;
    END IF;
END
$$;
COMMENT ON FUNCTION umws.audit_seal_begin(bigint, text) IS
    'Begin the next seal, which nobody else does until the end of the transaction. p_us, p_xid: what audit_horizon() has said before it began. refusals_below_us: NULL as long as a transaction of before that goes on.';
GRANT EXECUTE ON FUNCTION umws.audit_seal_begin(bigint, text) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_unsealed(
        p_after bigint, p_xid_below text, p_refusals_below_us bigint, p_limit integer)
    RETURNS TABLE (audit_id bigint, us bigint, canonical text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A row from another cluster, which was restored, has an id of a
    -- transaction that means nothing here: one that is yet to come, say.
    RETURN QUERY
    SELECT a.id, umws.epoch_us(a.at), umws.audit_text(a)
    FROM umws.audit a
    WHERE a.id > p_after
        AND (a.xid < p_xid_below::xid8
            OR a.xid >= pg_snapshot_xmax(pg_current_snapshot()))
        AND (a.minute IS NULL OR a.minute < umws.from_epoch_us(p_refusals_below_us))
        AND NOT EXISTS (SELECT FROM umws.audit_sealed s WHERE s.audit_id = a.id)
    ORDER BY a.id LIMIT p_limit;
    RETURN QUERY SELECT NULL::bigint, NULL::bigint, NULL::text;
END
$$;
COMMENT ON FUNCTION umws.audit_unsealed(bigint, text, bigint, integer) IS
    'Rows of audit behind p_after that no seal is over and that stay as they are, in order, with umws.audit_text(); then one of NULLs.';
GRANT EXECUTE ON FUNCTION umws.audit_unsealed(bigint, text, bigint, integer) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_seal_rows(
        p_seal_id bigint, p_place bigint, p_audit_ids bigint[], p_macs bytea[])
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    IF p_place < 1 OR p_seal_id <> (SELECT coalesce(max(s.id), 0) + 1 FROM umws.audit_seal s) THEN
        RAISE EXCEPTION 'place % of seal % is none of the next seal', p_place, p_seal_id
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO umws.audit_sealed (audit_id, seal_id, place, mac)
    SELECT r.audit_id, p_seal_id, p_place + r.n - 1, r.mac
    FROM unnest(p_audit_ids, p_macs) WITH ORDINALITY AS r (audit_id, mac, n);
    RETURN p_place + cardinality(p_audit_ids);
END
$$;
COMMENT ON FUNCTION umws.audit_seal_rows(bigint, bigint, bigint[], bytea[]) IS
    'Note rows of the seal that was begun, from this place on; returns the next place.';
GRANT EXECUTE ON FUNCTION umws.audit_seal_rows(bigint, bigint, bigint[], bytea[]) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_seal_end(
        p_seal_id bigint, p_us bigint, p_key_id text, p_row_count bigint,
        p_first_us bigint, p_last_us bigint, p_cluster bigint, p_xid_below text,
        p_xid_next text, p_refusals_below_us bigint, p_rows_mac bytea, p_mac bytea)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    INSERT INTO umws.audit_seal (id, at, key_id, row_count, first_at, last_at, cluster,
        xid_below, xid_next, refusals_below, rows_mac, mac)
    VALUES (p_seal_id, umws.from_epoch_us(p_us), p_key_id, p_row_count,
        umws.from_epoch_us(p_first_us), umws.from_epoch_us(p_last_us), p_cluster,
        p_xid_below::xid8, p_xid_next::xid8, umws.from_epoch_us(p_refusals_below_us),
        p_rows_mac, p_mac);
    PERFORM umws.audit_act('audit_seal', NULL, 'seal ' || p_seal_id, NULL,
        p_row_count || ' rows');
    RETURN p_seal_id;
END
$$;
COMMENT ON FUNCTION umws.audit_seal_end(bigint, bigint, text, bigint, bigint, bigint, bigint, text, text, bigint, bytea, bytea) IS
    'Keep the seal that was begun.';
GRANT EXECUTE ON FUNCTION umws.audit_seal_end(bigint, bigint, text, bigint, bigint, bigint, bigint, text, text, bigint, bytea, bytea) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_seal_next(
        p_after bigint,
        OUT seal_id bigint, OUT us bigint, OUT key_id text, OUT row_count bigint,
        OUT first_us bigint, OUT last_us bigint, OUT cluster bigint, OUT xid_below text,
        OUT xid_next text, OUT refusals_below_us bigint, OUT rows_mac text, OUT mac text,
        OUT is_purged boolean, OUT is_young boolean, OUT last_id bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT s.id, umws.epoch_us(s.at), s.key_id, s.row_count, umws.epoch_us(s.first_at),
        umws.epoch_us(s.last_at), s.cluster, s.xid_below::text, s.xid_next::text,
        umws.epoch_us(s.refusals_below), encode(s.rows_mac, 'hex'), encode(s.mac, 'hex'),
        s.purged_at IS NOT NULL, s.last_at > clock_timestamp() - interval '30 days'
    INTO seal_id, us, key_id, row_count, first_us, last_us, cluster, xid_below, xid_next,
        refusals_below_us, rows_mac, mac, is_purged, is_young
    FROM umws.audit_seal s WHERE s.id > p_after ORDER BY s.id LIMIT 1;
    -- Of a seal that is gone, its rows may tell.
    SELECT coalesce(max(r.seal_id), 0) INTO last_id FROM umws.audit_sealed r;
END
$$;
COMMENT ON FUNCTION umws.audit_seal_next(bigint) IS
    'The seal behind p_after, times in microseconds since 1970; NULLs: there is none. last_id: the last seal that rows are noted for.';
GRANT EXECUTE ON FUNCTION umws.audit_seal_next(bigint) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_sealed_rows(
        p_seal_id bigint, p_after bigint, p_limit integer)
    RETURNS TABLE (place bigint, audit_id bigint, mac text, canonical text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT s.place, s.audit_id, encode(s.mac, 'hex'),
        CASE WHEN a.id IS NOT NULL THEN umws.audit_text(a) END
    FROM umws.audit_sealed s LEFT JOIN umws.audit a ON a.id = s.audit_id
    WHERE s.seal_id = p_seal_id AND s.place > p_after
    ORDER BY s.place LIMIT p_limit;
    RETURN QUERY SELECT NULL::bigint, NULL::bigint, NULL::text, NULL::text;
END
$$;
COMMENT ON FUNCTION umws.audit_sealed_rows(bigint, bigint, integer) IS
    'Rows that a seal is over, behind a place; canonical: umws.audit_text(), NULL when the row is gone. Then one of NULLs.';
GRANT EXECUTE ON FUNCTION umws.audit_sealed_rows(bigint, bigint, integer) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.purged_words(p_seal_id bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_seal_id > 0 THEN format(', seals 1 to %s', p_seal_id) ELSE '' END
$$;
COMMENT ON FUNCTION umws.purged_words(bigint) IS
    'At the end of the reason of a purge: the rows up to this seal''s may go. audit_purged_to() reads it.';

CREATE OR REPLACE FUNCTION umws.audit_purged_to() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    -- A purge tells of all seals that are purged, not of its own alone: when
    -- its row goes the same way, a later one has told of them again.
    SELECT coalesce(max(substring(a.reason FROM ', seals 1 to ([0-9]{1,18})$')::bigint), 0)
    FROM umws.audit a
    WHERE a.action = 'db_purge' AND a.way = 'umwsctl' AND a.result = 'ok'
        AND NOT EXISTS (SELECT FROM umws.audit_sealed m JOIN umws.audit_seal s ON s.id = m.seal_id
            WHERE m.audit_id = a.id AND s.purged_at IS NOT NULL)
$$;
COMMENT ON FUNCTION umws.audit_purged_to() IS
    'Up to which seal the audit says that rows were purged, in rows that "audit verify" looks at or that no seal is over yet; 0: of none.';
GRANT EXECUTE ON FUNCTION umws.audit_purged_to() TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_added(OUT audit_id bigint, OUT unsealed bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The last seal has the highest bounds. An hour is for a clock that was
    -- set back, and for transactions that went on when it was made. A refusal
    -- is of the minute in which it was written, whatever it says. The mark of
    -- a row counts if "audit verify" looks at it; of a seal that is purged,
    -- which it does not look into, if the row is of its time.
    SELECT min(a.id) FILTER (WHERE
            a.xid < z.xid_below AND r.is_settled
            OR a.at < z.at - interval '1 hour' AND (r.is_settled
                OR a.xid >= z.xid_next AND a.xid < pg_snapshot_xmax(pg_current_snapshot()))),
        count(*)
    INTO audit_id, unsealed
    FROM umws.audit a LEFT JOIN (
        SELECT s.at, s.xid_below, s.xid_next, (SELECT max(t.refusals_below)
            FROM umws.audit_seal t WHERE t.cluster = umws.cluster_id()) AS refusals_below
        FROM umws.audit_seal s WHERE s.cluster = umws.cluster_id()
        ORDER BY s.id DESC LIMIT 1) z ON true
        CROSS JOIN LATERAL (SELECT a.minute IS NULL
            OR least(a.minute, a.at + interval '10 minutes') < z.refusals_below AS is_settled) r
    WHERE NOT EXISTS (
        SELECT FROM umws.audit_sealed m JOIN umws.audit_seal s ON s.id = m.seal_id
        WHERE m.audit_id = a.id AND m.place BETWEEN 1 AND s.row_count
            AND (s.purged_at IS NULL OR a.at BETWEEN s.first_at AND s.last_at));
END
$$;
COMMENT ON FUNCTION umws.audit_added() IS
    'The first row of audit that no seal is over though one must be, by its transaction or its time: it was added later; NULL: none. unsealed: how many no seal is over.';
GRANT EXECUTE ON FUNCTION umws.audit_added() TO umws_admin;

CREATE OR REPLACE FUNCTION umws.audit_sight(OUT last_seal bigint, OUT unsealed_s bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_last bigint;
BEGIN
    SELECT max(s.id) INTO last_seal FROM umws.audit_seal s;
    IF last_seal IS NULL THEN
        RETURN;
    END IF;
    -- Looks at the ends of indexes. A refusal that the last seal has left to
    -- the next one, for it might still grow, comes before that place.
    SELECT coalesce(max(m.audit_id), 0) INTO v_last FROM umws.audit_sealed m;
    unsealed_s := coalesce((
        SELECT greatest(floor(extract(epoch FROM clock_timestamp() - a.at)), 0)
        FROM umws.audit a WHERE a.id > v_last ORDER BY a.id LIMIT 1), 0);
END
$$;
COMMENT ON FUNCTION umws.audit_sight() IS
    'The number of the last seal, and for how many seconds the first row behind those that a seal is over has been there; 0: there is none. NULLs: there is no seal.';
GRANT EXECUTE ON FUNCTION umws.audit_sight() TO umws_worker;

RESET ROLE;
