-- purge.sql - what "umwsctl db purge" removes, in small transactions.
--
-- A table is walked by its pages: no index is needed for it, nothing is read
-- twice, and a purge that was killed is begun again. Nothing that is removed
-- is looked at by anybody else, so nobody waits.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.page_count(p_table regclass) RETURNS bigint
    LANGUAGE sql
AS $$
    SELECT pg_relation_size(p_table) / current_setting('block_size')::bigint
$$;
COMMENT ON FUNCTION umws.page_count(regclass) IS 'How many pages a table has.';

CREATE OR REPLACE FUNCTION umws.purge_check(p_days integer, p_least integer) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    IF p_days IS NULL OR p_days < p_least THEN
        RAISE EXCEPTION 'audit rows are kept for 30 days at least, mails for 7'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION umws.purge_check(integer, integer) IS 'Refuse to remove what is younger than so many days.';

CREATE OR REPLACE FUNCTION umws.purge_begin(
        p_audit_days integer, p_outbox_days integer,
        OUT audit_pages bigint, OUT outbox_pages bigint, OUT seals bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before  timestamptz := clock_timestamp() - make_interval(hours => 24 * p_audit_days);
    v_last_id bigint;
    v_told_id bigint;
BEGIN
    PERFORM umws.commit_durably();
    PERFORM umws.purge_check(p_audit_days, 30);
    PERFORM umws.purge_check(p_outbox_days, 7);
    PERFORM pg_advisory_xact_lock('umws.audit_seal'::regclass::oid::bigint);
    -- From the first seal on, and none but whole ones.
    v_last_id := coalesce(
        (SELECT min(t.id) FROM umws.audit_seal t WHERE t.last_at >= v_before) - 1,
        (SELECT max(t.id) FROM umws.audit_seal t), 0);
    -- No purge tells of what somebody else has marked.
    v_told_id := umws.audit_purged_to();
    IF NOT EXISTS (SELECT FROM umws.audit_seal s
            WHERE s.purged_at IS NOT NULL AND s.id > v_told_id) THEN
        v_told_id := greatest(v_told_id, v_last_id);
    END IF;
    UPDATE umws.audit_seal s SET purged_at = clock_timestamp()
    WHERE s.purged_at IS NULL AND s.id <= v_last_id;
    SELECT count(*) INTO seals FROM umws.audit_seal s WHERE s.purged_at IS NOT NULL;
    audit_pages := umws.page_count('umws.audit');
    outbox_pages := umws.page_count('umws.outbox');
    PERFORM umws.audit_act('db_purge', NULL, 'audit, outbox', NULL,
        format('audit %s days, outbox %s days%s', p_audit_days, p_outbox_days,
            umws.purged_words(v_told_id)));
END
$$;
COMMENT ON FUNCTION umws.purge_begin(integer, integer) IS
    'Say that a purge begins: rows of seals that are old as a whole may go from now on, which its own audit row tells. How many pages there are to walk.';
GRANT EXECUTE ON FUNCTION umws.purge_begin(integer, integer) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.purge_audit(
        p_days integer, p_page bigint, p_pages integer)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_from   tid := format('(%s,0)', p_page)::tid;
    v_to     tid := format('(%s,0)', p_page + p_pages)::tid;
    v_before timestamptz := clock_timestamp() - make_interval(hours => 24 * p_days);
    v_count  bigint;
BEGIN
    PERFORM umws.commit_durably();
    PERFORM umws.purge_check(p_days, 30);
    -- The first seal of all may be in the making, over these very rows.
    IF NOT EXISTS (SELECT FROM umws.audit_seal) THEN
        PERFORM pg_advisory_xact_lock_shared('umws.audit_seal'::regclass::oid::bigint);
    END IF;
    IF EXISTS (SELECT FROM umws.audit_seal) THEN
        WITH old AS MATERIALIZED (
            SELECT a.id FROM umws.audit a
            WHERE a.ctid >= v_from AND a.ctid < v_to AND a.at < v_before),
        purged AS MATERIALIZED (
            SELECT o.id FROM old o JOIN umws.audit_sealed s ON s.audit_id = o.id
                JOIN umws.audit_seal z ON z.id = s.seal_id
            WHERE z.purged_at IS NOT NULL),
        marks AS (
            DELETE FROM umws.audit_sealed s USING purged p WHERE s.audit_id = p.id),
        gone AS (
            DELETE FROM umws.audit a USING purged p WHERE a.id = p.id RETURNING a.id)
        SELECT count(*) INTO v_count FROM gone;
    ELSE
        DELETE FROM umws.audit a
        WHERE a.ctid >= v_from AND a.ctid < v_to AND a.at < v_before;
        GET DIAGNOSTICS v_count = ROW_COUNT;
    END IF;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION umws.purge_audit(integer, bigint, integer) IS
    'Remove from some pages the audit rows that are older than p_days: where there are seals at all, those of seals that purge_begin() has found old as a whole. Returns how many.';
GRANT EXECUTE ON FUNCTION umws.purge_audit(integer, bigint, integer) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.purge_outbox(
        p_days integer, p_page bigint, p_pages integer)
    RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_from   tid := format('(%s,0)', p_page)::tid;
    v_to     tid := format('(%s,0)', p_page + p_pages)::tid;
    v_before timestamptz := clock_timestamp() - make_interval(hours => 24 * p_days);
    v_count  bigint;
BEGIN
    PERFORM umws.commit_durably();
    PERFORM umws.purge_check(p_days, 7);
    DELETE FROM umws.outbox o
    WHERE o.ctid >= v_from AND o.ctid < v_to AND o.sealed IS NULL
        AND o.lease_token IS NULL AND NOT o.is_lone AND o.created_at < v_before;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION umws.purge_outbox(integer, bigint, integer) IS
    'Remove from some pages the mails that are settled and older than p_days. Returns how many.';
GRANT EXECUTE ON FUNCTION umws.purge_outbox(integer, bigint, integer) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.purge_count(
        p_audit_days integer, p_outbox_days integer, OUT audit bigint, OUT outbox bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_audit_before  timestamptz := clock_timestamp() - make_interval(hours => 24 * p_audit_days);
    v_outbox_before timestamptz := clock_timestamp() - make_interval(hours => 24 * p_outbox_days);
    v_is_sealed     boolean := EXISTS (SELECT FROM umws.audit_seal);
BEGIN
    SELECT count(*) INTO audit FROM umws.audit a
    WHERE a.at < v_audit_before AND (NOT v_is_sealed OR EXISTS (
        SELECT FROM umws.audit_sealed s WHERE s.audit_id = a.id AND s.seal_id < coalesce(
            (SELECT min(t.id) FROM umws.audit_seal t
                WHERE t.purged_at IS NULL AND t.last_at >= v_audit_before),
            (SELECT max(t.id) + 1 FROM umws.audit_seal t))));
    SELECT count(*) INTO outbox FROM umws.outbox o
    WHERE o.sealed IS NULL AND o.lease_token IS NULL AND NOT o.is_lone
        AND o.created_at < v_outbox_before;
END
$$;
COMMENT ON FUNCTION umws.purge_count(integer, integer) IS
    'How many audit rows and mails a purge would remove.';
GRANT EXECUTE ON FUNCTION umws.purge_count(integer, integer) TO umws_admin;

RESET ROLE;
