-- beside.sql - what a schema that is as its files make it yet may lack, and
-- what may undo it from outside.
--
-- Part of what "umwsctl db upgrade" runs as a superuser, after verify.sql,
-- whose umws_mend() calls it.

-- Sequences of columns that are behind their rows, as after a restore of rows
-- alone: the next number would be one that is taken. A line for each.
CREATE FUNCTION pg_temp.umws_count_on() RETURNS SETOF text
    LANGUAGE plpgsql
AS $$
DECLARE
    v_row  record;
    v_last bigint;
    v_next bigint;
BEGIN
    FOR v_row IN
        SELECT s.oid::regclass AS name, t.oid::regclass AS of_table, a.attname AS of_column
        FROM pg_class s JOIN pg_depend d ON d.classid = 'pg_class'::regclass
                AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass
                AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
            JOIN pg_class t ON t.oid = d.refobjid AND t.relkind = 'r'
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
        WHERE s.relkind = 'S' AND s.relnamespace = to_regnamespace('umws')
        ORDER BY s.relname
    LOOP
        FOR v_try IN 1..2 LOOP
            EXECUTE format('SELECT max(%I) FROM %s', v_row.of_column, v_row.of_table)
                INTO v_last;
            EXECUTE format('SELECT last_value + is_called::integer FROM %s', v_row.name)
                INTO v_next;
            EXIT WHEN v_last IS NULL OR v_last < v_next;
            -- Looked at again when nobody takes a number meanwhile.
            IF v_try = 1 THEN
                EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', v_row.of_table);
            ELSE
                PERFORM setval(v_row.name, v_last);
                RETURN NEXT format('sequence %s: its next number was %s, and %s stands in %s',
                    v_row.name, v_next, v_last, v_row.of_table);
            END IF;
        END LOOP;
    END LOOP;
END
$$;

-- What is no state of ours, and may yet undo what ours is for: a line each.
CREATE FUNCTION pg_temp.umws_notes() RETURNS SETOF text
    LANGUAGE sql STABLE
AS $$
    -- Whoever is not let in, and why.
    SELECT format('role %s: %s', r.rolname, n.words)
    FROM pg_roles r, LATERAL (VALUES
        (NOT r.rolcanlogin, 'it has NOLOGIN and is not let in'),
        (r.rolvaliduntil <= now(), 'its password is of no use since '
            || to_char(r.rolvaliduntil, 'YYYY-MM-DD') || ' (VALID UNTIL)'),
        (r.rolconnlimit >= 0, format('more than %s connections are refused'
            ' (CONNECTION LIMIT)', r.rolconnlimit)),
        (NOT has_database_privilege(r.oid, current_database(), 'CONNECT'),
            format('it may not CONNECT: GRANT CONNECT ON DATABASE %I TO %s',
            current_database(), r.rolname))) n (is_so, words)
    WHERE r.rolname = ANY (pg_temp.umws_roles()) AND r.rolname <> 'umws_owner' AND n.is_so
    UNION ALL
    SELECT format('publication %I: it sends %s to whoever subscribes, with verifiers'
        ' and sealed PINs', p.pubname, string_agg(p.tablename, ', ' ORDER BY p.tablename))
    FROM pg_publication_tables p WHERE p.schemaname = 'umws' GROUP BY p.pubname
    UNION ALL
    -- Views on our views show no more than those.
    SELECT DISTINCT format('view %s: it reads the table %s, whatever its rights are',
        w.ev_class::regclass, t.oid::regclass)
    FROM pg_depend d JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
        JOIN pg_class v ON v.oid = w.ev_class
        JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
    WHERE t.relnamespace = to_regnamespace('umws') AND t.relkind = 'r'
        AND v.relnamespace <> t.relnamespace
    UNION ALL
    SELECT format('%s %s: it belongs to %s, and does what that role may', i.type,
        i.identity, d.refobjid::regrole)
    FROM pg_shdepend d, pg_identify_object(d.classid, d.objid, 0) i
    WHERE d.dbid = (SELECT b.oid FROM pg_database b WHERE b.datname = current_database())
        AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
        AND d.refobjid IN (SELECT r.oid FROM pg_roles r
            WHERE r.rolname = ANY (pg_temp.umws_roles()))
        AND d.classid <> 'pg_default_acl'::regclass
        AND coalesce(i.schema, i.name) IS DISTINCT FROM 'umws'
    UNION ALL
    SELECT format('event trigger %I: it runs %s at %s, and can forbid or alter what an'
        ' upgrade does', e.evtname, e.evtfoid::regproc, e.evtevent)
    FROM pg_event_trigger e WHERE e.evtenabled <> 'D'
    UNION ALL
    -- The functions look at pg_catalog alone, and there these are at home.
    SELECT format('%s %s: to the functions of umws it is one of PostgreSQL''s own',
        i.type, i.identity)
    FROM (SELECT 'pg_cast'::regclass AS class, c.oid FROM pg_cast c
            JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
            WHERE c.castcontext <> 'e' AND s.typnamespace = 'pg_catalog'::regnamespace
                AND t.typnamespace = 'pg_catalog'::regnamespace
        UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace
        UNION ALL SELECT 'pg_operator'::regclass, o.oid FROM pg_operator o
            WHERE o.oprnamespace = 'pg_catalog'::regnamespace
        UNION ALL SELECT 'pg_class'::regclass, k.oid FROM pg_class k
            WHERE k.relnamespace = 'pg_catalog'::regnamespace) c,
        pg_identify_object(c.class, c.oid, 0) i
    -- The first number that is not one of initdb's; extensions are named by theirs.
    WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = c.class
        AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1
$$;
