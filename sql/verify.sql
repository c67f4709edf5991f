-- verify.sql - compare the schema with what sql/schema and sql/code make.
--
-- "umwsctl db upgrade" runs it as a superuser, inside its transaction, after
-- them. What the state should be is written nowhere but in these files. They
-- are applied once more, to a schema and roles of their own that a savepoint
-- takes back; umws_state() says what they made, and umws_mend() compares that
-- with what is there, gives back owners, rights, settings and functions, and
-- names what it cannot give back. A dump that was restored without its owners
-- and rights, or in a cluster without the roles, is like that; so is whatever
-- somebody has altered by hand.
--
-- An object in the schema that the files do not make, of whatever kind, stops
-- the upgrade. What stands outside of it and reaches into it, or keeps a role
-- from being let in, is named and left alone: beside.sql.
--
-- Not compared: comments, further indexes and statistics, storage parameters,
-- settings of a role beyond ours, foreign keys of others. A role of
-- the operator's may have been granted SELECT on the views v_..., or
-- membership in a role of ours; all other rights are exactly those of the
-- files.

SET LOCAL search_path = pg_catalog, pg_temp;

CREATE FUNCTION pg_temp.umws_roles() RETURNS name[]
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT ARRAY['umws_owner', 'umws_worker', 'umws_mailer', 'umws_admin', 'umws_helpdesk']::name[]
$$;

-- Every object of the schema with its owner and its rights.
CREATE FUNCTION pg_temp.umws_objects(
        OUT kind text, OUT name text, OUT oid oid, OUT owner oid, OUT acl aclitem[],
        OUT default_kind "char")
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT 'schema', n.nspname::text, n.oid, n.nspowner, n.nspacl, 'n'::"char"
    FROM pg_namespace n WHERE n.nspname = 'umws'
    UNION ALL
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
            WHEN 'S' THEN 'sequence' ELSE 'relation' END,
        format('umws.%I', c.relname), c.oid, c.relowner, c.relacl,
        CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char"
    FROM pg_class c WHERE c.relnamespace = to_regnamespace('umws')
        AND c.relkind NOT IN ('i', 'I', 'c')
    UNION ALL
    SELECT 'domain', format('umws.%I', t.typname), t.oid, t.typowner, t.typacl, 'T'::"char"
    FROM pg_type t WHERE t.typnamespace = to_regnamespace('umws')
        AND t.typrelid = 0 AND t.typtype NOT IN ('b')
    UNION ALL
    SELECT CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure'
            ELSE 'routine' END,
        format('umws.%I(%s)', p.proname, (SELECT string_agg(format_type(a.type, NULL), ', '
            ORDER BY a.place) FROM unnest(p.proargtypes) WITH ORDINALITY a (type, place))),
        p.oid, p.proowner, p.proacl, 'f'::"char"
    FROM pg_proc p WHERE p.pronamespace = to_regnamespace('umws')
$$;

-- What else stands in the schema: operators, collations, row types, text
-- search, ... Whatever stands there depends on it. Statistics are the operator's, as indexes are.
CREATE FUNCTION pg_temp.umws_others(OUT kind text, OUT name text)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT i.type, i.identity
    FROM pg_depend d, pg_identify_object(d.classid, d.objid, 0) i
    WHERE d.refclassid = 'pg_namespace'::regclass
        AND d.refobjid = to_regnamespace('umws')
        AND d.classid::regclass::text NOT IN ('pg_class', 'pg_proc', 'pg_default_acl',
            'pg_statistic_ext', 'pg_publication_namespace')
        AND NOT EXISTS (SELECT FROM pg_temp.umws_objects() o
            WHERE d.classid = 'pg_type'::regclass AND o.oid = d.objid)
$$;

-- Who may do what with an object: "role: SELECT" or "role: SELECT (column)".
CREATE FUNCTION pg_temp.umws_rights(p_kind text, p_name text, p_acl aclitem[],
        p_column text DEFAULT NULL)
    RETURNS SETOF text
    LANGUAGE sql STABLE
AS $$
    SELECT format('%s: %s%s%s', coalesce(g.rolname, 'PUBLIC'), a.privilege_type,
        coalesce(' (' || quote_ident(p_column) || ')', ''),
        CASE WHEN a.is_grantable AND g.rolname IS DISTINCT FROM 'umws_owner'
            THEN ' and pass it on' ELSE '' END)
    FROM aclexplode(p_acl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE NOT coalesce(p_kind = 'view' AND starts_with(p_name, 'umws.v_')
        AND a.privilege_type = 'SELECT' AND NOT a.is_grantable
        AND g.rolname <> ALL (pg_temp.umws_roles()), false)
$$;

-- What nothing but the files can make.
CREATE FUNCTION pg_temp.umws_structure(p_kind text, p_oid oid,
        OUT what text, OUT value text)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT 'kind', c.relkind::text || c.relpersistence::text
        || CASE WHEN c.relrowsecurity THEN ' row security' ELSE '' END
        || CASE WHEN c.relforcerowsecurity THEN ' forced row security' ELSE '' END
        || CASE WHEN c.relkind = 'v' THEN coalesce(c.reloptions::text, '') ELSE '' END
    FROM pg_class c WHERE c.oid = p_oid AND p_kind NOT IN ('schema', 'function', 'domain')
    UNION ALL
    SELECT 'child ' || i.inhrelid::regclass, 'its rows are read with those of umws'
    FROM pg_inherits i WHERE p_kind = 'table' AND i.inhparent = p_oid
    UNION ALL
    SELECT 'parent ' || i.inhparent::regclass, 'rows of umws are read with its own'
    FROM pg_inherits i WHERE p_kind = 'table' AND i.inhrelid = p_oid
    UNION ALL
    SELECT 'numbers', format('%s from %s by %s in %s to %s, %s at once%s',
        format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax,
        q.seqcache, CASE WHEN q.seqcycle THEN ', then anew' ELSE '' END)
    FROM pg_sequence q WHERE p_kind = 'sequence' AND q.seqrelid = p_oid
    UNION ALL
    SELECT 'column ' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END,
        CASE WHEN a.attnotnull THEN 'not null' END,
        nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''),
        pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = p_oid AND a.attnum > 0 AND NOT a.attisdropped AND p_kind = 'table'
    UNION ALL
    SELECT 'query', pg_get_viewdef(p_oid) WHERE p_kind = 'view'
    UNION ALL
    SELECT 'constraint ' || c.conname, pg_get_constraintdef(c.oid)
        || CASE WHEN c.convalidated THEN '' ELSE ' (not valid)' END
    FROM pg_constraint c
    WHERE (p_kind = 'table' AND c.conrelid = p_oid AND c.contype NOT IN ('t', 'n'))
        OR (p_kind = 'domain' AND c.contypid = p_oid)
    UNION ALL
    SELECT 'index ' || i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
        || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' (not valid)' END
    FROM pg_index i WHERE p_kind = 'table' AND i.indrelid = p_oid
    UNION ALL
    SELECT 'trigger ' || t.tgname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t WHERE p_kind IN ('table', 'view') AND t.tgrelid = p_oid
        AND NOT t.tgisinternal
    UNION ALL
    SELECT 'triggers that are off', string_agg(DISTINCT t.tgfoid::regproc::text, ', ')
    FROM pg_trigger t WHERE p_kind IN ('table', 'view') AND t.tgrelid = p_oid
        AND t.tgenabled NOT IN ('O', 'A') HAVING count(*) > 0
    UNION ALL
    SELECT 'rule ' || r.rulename, pg_get_ruledef(r.oid)
    FROM pg_rewrite r WHERE p_kind IN ('table', 'view') AND r.ev_class = p_oid
        AND r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy ' || p.polname, 'row security'
    FROM pg_policy p WHERE p_kind = 'table' AND p.polrelid = p_oid
    UNION ALL
    SELECT 'type', concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
        CASE WHEN t.typnotnull THEN 'not null' END, t.typdefault)
    FROM pg_type t WHERE p_kind = 'domain' AND t.oid = p_oid
$$;

-- Make room for the files: names only, and all of it is taken back.
CREATE FUNCTION pg_temp.umws_step_aside() RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_role name;
BEGIN
    IF to_regnamespace('umws') IS NOT NULL THEN
        ALTER SCHEMA umws RENAME TO "umws~present";
    END IF;
    FOR v_role IN SELECT r.rolname FROM pg_roles r
        WHERE r.rolname = ANY (pg_temp.umws_roles())
    LOOP
        EXECUTE format('ALTER ROLE %I RENAME TO %I', v_role, v_role || '~present');
    END LOOP;
END
$$;

-- What there is to compare: what of which object, and its value.
CREATE FUNCTION pg_temp.umws_state(
        OUT kind text, OUT name text, OUT what text, OUT value text)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT o.kind, o.name, 'existence', 'true' FROM pg_temp.umws_objects() o
    UNION ALL
    SELECT o.kind, o.name, 'existence', 'true' FROM pg_temp.umws_others() o
    UNION ALL
    SELECT 'role', r.rolname::text, a.what, a.value
    FROM pg_roles r, LATERAL (VALUES
        ('existence', 'true'),
        ('SUPERUSER', r.rolsuper::text), ('BYPASSRLS', r.rolbypassrls::text),
        ('CREATEROLE', r.rolcreaterole::text), ('CREATEDB', r.rolcreatedb::text),
        ('REPLICATION', r.rolreplication::text),
        ('LOGIN', CASE r.rolname WHEN 'umws_owner' THEN r.rolcanlogin::text ELSE '' END)
        ) a (what, value)
    WHERE r.rolname = ANY (pg_temp.umws_roles())
    UNION ALL
    SELECT 'role', r.rolname::text, 'setting ' || split_part(c, '=', 1),
        substr(c, strpos(c, '=') + 1)
    FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
    WHERE s.setdatabase = 0 AND r.rolname = ANY (pg_temp.umws_roles())
    UNION ALL
    -- What is set for a role in this database alone wins over what is ours.
    SELECT 'role', r.rolname::text, 'override of ' || split_part(c, '=', 1),
        substr(c, strpos(c, '=') + 1)
    FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
        JOIN pg_database b ON b.oid = s.setdatabase, unnest(s.setconfig) c
    WHERE b.datname = current_database() AND r.rolname = ANY (pg_temp.umws_roles())
    UNION ALL
    SELECT 'role', m.member::regrole::text, 'member of ' || m.roleid::regrole::text, 'true'
    FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
    WHERE r.rolname = ANY (pg_temp.umws_roles())
    UNION ALL
    SELECT o.kind, o.name, 'owner', r.rolname
    FROM pg_temp.umws_objects() o JOIN pg_roles r ON r.oid = o.owner
    UNION ALL
    SELECT o.kind, o.name, 'right ' || a, 'true'
    FROM pg_temp.umws_objects() o, pg_temp.umws_rights(o.kind, o.name,
        coalesce(o.acl, acldefault(o.default_kind, o.owner))) a
    UNION ALL
    SELECT o.kind, o.name, 'right ' || r, 'true'
    FROM pg_temp.umws_objects() o JOIN pg_attribute a ON a.attrelid = o.oid
        AND a.attacl IS NOT NULL AND NOT a.attisdropped,
        pg_temp.umws_rights(o.kind, o.name, a.attacl, a.attname) r
    WHERE o.kind IN ('table', 'view')
    UNION ALL
    SELECT 'function', o.name, 'definition', pg_get_functiondef(o.oid)
    FROM pg_temp.umws_objects() o WHERE o.kind = 'function'
    UNION ALL
    SELECT 'default', k.words, 'right ' || a, 'true'
    FROM pg_roles r, (VALUES ('r'::"char", 'TABLES'), ('S', 'SEQUENCES'),
        ('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS')) k (kind, words)
    LEFT JOIN LATERAL (SELECT d.defaclacl FROM pg_default_acl d
        WHERE d.defaclrole = to_regrole('umws_owner') AND d.defaclnamespace = 0
            AND d.defaclobjtype = k.kind) d ON true,
        pg_temp.umws_rights('default', k.words, coalesce(d.defaclacl,
            acldefault(CASE k.kind WHEN 'S' THEN 's' ELSE k.kind END, r.oid))) a
    WHERE r.rolname = 'umws_owner'
    UNION ALL
    -- Those of the schema alone, whoever makes the object: they add to the others.
    SELECT 'default of ' || quote_ident(r.rolname), k.words, 'right ' || a, 'true'
    FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole
        JOIN (VALUES ('r'::"char", 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'),
            ('T', 'TYPES')) k (kind, words) ON k.kind = d.defaclobjtype,
        pg_temp.umws_rights('default', k.words, d.defaclacl) a
    WHERE d.defaclnamespace = to_regnamespace('umws')
    UNION ALL
    SELECT o.kind, o.name, s.what, s.value
    FROM pg_temp.umws_objects() o, pg_temp.umws_structure(o.kind, o.oid) s
$$;

-- Where the state differs from the one that is wanted.
CREATE FUNCTION pg_temp.umws_differences(p_wanted jsonb,
        OUT kind text, OUT name text, OUT what text, OUT wanted text, OUT found text)
    RETURNS SETOF record
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(w.kind, s.kind), coalesce(w.name, s.name), coalesce(w.what, s.what),
        w.value, s.value
    FROM jsonb_to_recordset(p_wanted) AS w (kind text, name text, what text, value text)
        FULL JOIN pg_temp.umws_state() s USING (kind, name, what)
    WHERE w.value IS DISTINCT FROM s.value
        AND NOT (w.value IS NULL AND starts_with(s.what, 'index ')
            AND s.value NOT LIKE '%(not valid)')
        AND NOT (w.value IS NULL AND s.kind = 'role' AND starts_with(s.what, 'setting '))
        AND NOT (w.value IS NULL AND s.kind = 'role' AND starts_with(s.what, 'override of ')
            AND NOT EXISTS (SELECT FROM jsonb_to_recordset(p_wanted) AS x (kind text, name text, what text)
                WHERE x.kind = 'role' AND x.name = s.name AND x.what = 'setting ' || substr(s.what, 13)))
$$;

-- The statement that mends one difference, in the order in which they must be
-- run; NULL when none can.
CREATE FUNCTION pg_temp.umws_remedy(p_kind text, p_name text, p_what text,
        p_wanted text, p_found text, OUT turn integer, OUT statement text)
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_right text[] := regexp_match(p_what,
        '^right (.*): ([A-Z ]+?)(?: \((.*)\))?( and pass it on)?$');
    v_role  text := CASE v_right[1] WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(v_right[1]) END;
BEGIN
    CASE
    WHEN p_kind = 'role' AND starts_with(p_what, 'setting ') THEN
        turn := 2;
        statement := CASE WHEN p_wanted IS NOT NULL THEN
            -- A list is stored with its own quotes; as one literal it would be one name.
            format('ALTER ROLE %I SET %I = %s', p_name, substr(p_what, 9),
                CASE substr(p_what, 9) WHEN 'search_path' THEN p_wanted
                    ELSE quote_literal(p_wanted) END) END;
    WHEN p_kind = 'role' AND starts_with(p_what, 'override of ') THEN
        turn := 3;
        statement := format('ALTER ROLE %I IN DATABASE %I RESET %I', p_name,
            current_database(), substr(p_what, 13));
    WHEN p_kind = 'role' AND starts_with(p_what, 'member of ') THEN
        turn := 2;
        statement := format('REVOKE %s FROM %I', substr(p_what, 11), p_name);
    WHEN p_kind = 'role' AND p_what <> 'existence' THEN
        turn := 2;
        statement := format('ALTER ROLE %I %s%s', p_name,
            CASE p_wanted WHEN 'true' THEN '' ELSE 'NO' END, p_what);
    WHEN p_what = 'definition' AND p_wanted IS NOT NULL THEN
        turn := 3;
        statement := p_wanted;
    WHEN p_what = 'owner' AND p_wanted IS NOT NULL THEN
        -- A sequence follows its table, if it is a column's.
        turn := CASE p_kind WHEN 'schema' THEN 4 WHEN 'sequence' THEN 6 ELSE 5 END;
        statement := format('ALTER %s %s OWNER TO %I', p_kind, p_name, p_wanted);
    WHEN v_right IS NOT NULL AND p_kind = 'default' THEN
        turn := 7;
        statement := format('ALTER DEFAULT PRIVILEGES FOR ROLE umws_owner %s %s ON %s %s %s',
            CASE WHEN p_wanted IS NULL THEN 'REVOKE' ELSE 'GRANT' END, v_right[2], p_name,
            CASE WHEN p_wanted IS NULL THEN 'FROM' ELSE 'TO' END, v_role);
    WHEN v_right IS NOT NULL AND starts_with(p_kind, 'default of ') THEN
        turn := 7;
        statement := format('ALTER DEFAULT PRIVILEGES FOR ROLE %s IN SCHEMA umws REVOKE %s ON %s FROM %s',
            substr(p_kind, 12), v_right[2], p_name, v_role);
    WHEN v_right IS NOT NULL THEN
        -- What others were granted by them goes with it.
        turn := CASE WHEN p_wanted IS NULL THEN 8 ELSE 9 END;
        statement := format('%s %s%s ON %s %s %s %s%s',
            CASE WHEN p_wanted IS NULL THEN 'REVOKE' ELSE 'GRANT' END, v_right[2],
            coalesce(' (' || v_right[3] || ')', ''),
            CASE p_kind WHEN 'view' THEN 'TABLE' ELSE p_kind END, p_name,
            CASE WHEN p_wanted IS NULL THEN 'FROM' ELSE 'TO' END, v_role,
            CASE WHEN p_wanted IS NULL THEN ' CASCADE' ELSE '' END);
    ELSE
        turn := 10;
    END CASE;
END
$$;

-- One line about a difference: what it is, and what was there.
CREATE FUNCTION pg_temp.umws_line(p_kind text, p_name text, p_what text,
        p_wanted text, p_found text)
    RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_kind = 'default' THEN 'default privileges of umws_owner on '
            || lower(p_name)
        WHEN starts_with(p_kind, 'default of ') THEN 'default privileges of '
            || substr(p_kind, 12) || ' in schema umws on ' || lower(p_name)
        ELSE p_kind || ' ' || p_name END || ': '
        || CASE WHEN p_what = 'existence' THEN
                CASE WHEN p_found IS NULL THEN 'it was missing'
                    ELSE 'umws has none of that name: drop it, or move it to another schema' END
            WHEN p_what = 'definition' THEN 'its definition was another one'
            WHEN p_what LIKE 'right %' THEN
                substr(p_what, 7) || CASE WHEN p_wanted IS NULL THEN ' was granted'
                    ELSE ' was not granted' END
            WHEN p_what LIKE 'override of %' THEN
                'setting ' || substr(p_what, 13) || ' was ' || p_found || ' in this database'
            WHEN p_what LIKE 'member of %' THEN 'it was a ' || p_what
            WHEN p_what = 'triggers that are off' THEN p_what || ': ' || p_found
            WHEN p_wanted IS NULL THEN p_what || ' is not one of umws'
            WHEN p_found IS NULL THEN p_what || ' was missing'
            ELSE p_what || ' was ' || p_found END
$$;

-- Mend what can be mended. One line for each thing mended, for each thing
-- that is wrong and stays so (then nothing may be committed), and each note.
CREATE FUNCTION pg_temp.umws_mend(p_wanted jsonb)
    RETURNS TABLE (verdict text, line text)
    LANGUAGE plpgsql
AS $$
DECLARE
    v_turn    integer;
    v_row     record;
    v_is_lost boolean;
BEGIN
    CREATE TEMPORARY TABLE umws_found ON COMMIT DROP AS
    SELECT d.* FROM pg_temp.umws_differences(p_wanted) d;
    FOR v_row IN SELECT DISTINCT f.name FROM umws_found f
        WHERE f.kind = 'role' AND f.name NOT IN (SELECT r.rolname FROM pg_roles r) ORDER BY 1
    LOOP
        EXECUTE format('CREATE ROLE %I %s', v_row.name,
            CASE v_row.name WHEN 'umws_owner' THEN 'NOLOGIN' ELSE 'LOGIN' END);
    END LOOP;
    -- Each turn looks anew: an owner that is given back brings rights along.
    FOR v_turn IN 2..9 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM umws_found);
        FOR v_row IN SELECT r.statement FROM pg_temp.umws_differences(p_wanted) d,
            pg_temp.umws_remedy(d.kind, d.name, d.what, d.wanted, d.found) r
            WHERE r.turn = v_turn AND r.statement IS NOT NULL
                -- What is not ours is left as it is.
                AND NOT EXISTS (SELECT FROM umws_found f WHERE f.wanted IS NULL
                    AND (f.kind, f.name, f.what) = (d.kind, d.name, 'existence'))
            ORDER BY d.kind, d.name, d.what
        LOOP
            BEGIN
                EXECUTE v_row.statement;
            EXCEPTION WHEN invalid_function_definition OR wrong_object_type
                OR undefined_table OR undefined_column OR undefined_object
                OR undefined_function THEN
                NULL;   -- it is lost, or of another kind: named below
            END;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT 'mended', c FROM pg_temp.umws_count_on() c;
    -- Rows without which nothing works; a dump of the schema alone has none.
    FOR v_row IN SELECT t.name, t.row FROM (VALUES
            ('umws.limits', 'DEFAULT VALUES'), ('umws.heartbeat', 'DEFAULT VALUES'),
            ('umws.address_check', 'DEFAULT VALUES'),
            ('umws.policy', '(name) VALUES (''default'')')) t (name, row)
        WHERE to_regclass(t.name) IS NOT NULL
    LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s%s)', v_row.name,
            CASE v_row.name WHEN 'umws.policy' THEN ' WHERE name = ''default''' ELSE '' END)
            INTO v_is_lost;
        IF v_is_lost THEN
            EXECUTE format('INSERT INTO %s %s', v_row.name, v_row.row);
            RETURN QUERY SELECT 'mended', format('table %s: its first row was missing', v_row.name);
        END IF;
    END LOOP;
    RETURN QUERY
    WITH rest AS MATERIALIZED (SELECT d.* FROM pg_temp.umws_differences(p_wanted) d),
    lines AS (
        SELECT 'wrong' AS verdict, r.* FROM rest r
        UNION ALL
        SELECT 'mended', f.* FROM umws_found f WHERE NOT EXISTS (SELECT FROM rest r
            WHERE (r.kind, r.name, r.what) = (f.kind, f.name, f.what))
    )
    SELECT l.verdict, pg_temp.umws_line(l.kind, l.name, l.what, l.wanted, l.found)
    FROM lines l
    -- One line is enough for what is missing as a whole or one too many, and
    -- for an owner and the rights that came with being it.
    WHERE l.what = 'existence' OR NOT EXISTS (SELECT FROM umws_found f
        WHERE f.kind = l.kind AND f.name = l.name AND (f.what = 'existence'
            OR f.what = 'owner' AND (starts_with(l.what, 'right ' || f.found || ': ')
                OR starts_with(l.what, 'right ' || f.wanted || ': '))))
    ORDER BY 1 DESC, 2;
    RETURN QUERY SELECT 'note', n FROM pg_temp.umws_notes() n;
END
$$;
