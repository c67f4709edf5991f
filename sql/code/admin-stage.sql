-- admin-stage.sql - mailboxes as a file or a directory has them: taken in,
-- compared with those that are there, and made so, set by set. All of it is
-- one transaction of umwsctl.
--
-- No rows of another import are seen here: they are there only as long as its
-- transaction has not ended.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.stage_begin() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    -- "umws" and "stg" in ASCII.
    IF NOT pg_try_advisory_xact_lock(1970108275, 7566439) THEN
        RAISE EXCEPTION 'another import or sync is running'
            USING ERRCODE = 'lock_not_available';
    END IF;
    -- So that a killed program's work ends at once, and the next may begin.
    PERFORM set_config('client_connection_check_interval', '500ms', true);
    DELETE FROM umws.stage;
    RETURN true;
END
$$;
COMMENT ON FUNCTION umws.stage_begin() IS
    'The first call of an import. One at a time: 55P03 while another runs.';
GRANT EXECUTE ON FUNCTION umws.stage_begin() TO umws_admin;

CREATE OR REPLACE FUNCTION umws.stage_add(p_rows jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    PERFORM umws.commit_durably();
    INSERT INTO umws.stage (number, line, place, login, email, display_name, extension,
        locale, time_zone, policy, um_enabled, reason, is_told, user_id, policy_id)
    SELECT r.number, r.line, r.place, umws.login_form(r.login), r.email, r.name,
        r.extension, nullif(r.locale, ''), nullif(r.time_zone, ''), nullif(r.policy, ''),
        r.enabled,
        CASE WHEN r.reason IS NOT NULL THEN r.reason
            WHEN r.policy <> '' AND p.id IS NULL THEN format('there is no policy "%s"', r.policy)
            ELSE umws.user_complaint(umws.login_form(r.login), r.email, r.name, r.extension,
                r.locale, NULL) END,
        r.reason IS NOT NULL, u.id, p.id
    FROM jsonb_to_recordset(p_rows) AS r (number bigint, line integer, place text, login text,
            email text, name text, extension text, locale text, time_zone text, policy text,
            enabled boolean, reason text)
        LEFT JOIN umws.um_user u ON u.login = umws.login_form(r.login)
        LEFT JOIN umws.policy p ON p.name = r.policy;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION umws.stage_add(jsonb) IS
    'Take in rows, an array of objects: number, line or place, login, email, name, extension, locale, time_zone, policy, enabled; reason: why the program holds it to be no good, and has said so. Returns how many.';
GRANT EXECUTE ON FUNCTION umws.stage_add(jsonb) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.stage_place(p_line integer, p_place text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(p_place, 'line ' || p_line::text)
$$;
COMMENT ON FUNCTION umws.stage_place(integer, text) IS 'Where a row stands, for people.';

CREATE OR REPLACE FUNCTION umws.stage_refuse_twins() RETURNS void
    LANGUAGE sql
AS $$
    UPDATE umws.stage s SET reason = format(
        'the login "%s" stands on %s already (capitals and forms of one character do not matter)',
        s.login, umws.stage_place(t.line, t.place))
    FROM (SELECT x.number, row_number() OVER w AS n, first_value(x.line) OVER w AS line,
            first_value(x.place) OVER w AS place
        FROM umws.stage x WHERE x.login IS NOT NULL
        WINDOW w AS (PARTITION BY x.login ORDER BY x.number)) t
    WHERE t.number = s.number AND t.n > 1 AND s.reason IS NULL
$$;
COMMENT ON FUNCTION umws.stage_refuse_twins() IS 'Of rows of one login the first counts.';

CREATE OR REPLACE FUNCTION umws.stage_refuse_zones() RETURNS void
    LANGUAGE sql
AS $$
    UPDATE umws.stage s SET reason = z.complaint
    FROM umws.zone_complaints(ARRAY(SELECT DISTINCT x.time_zone FROM umws.stage x
        WHERE x.time_zone IS NOT NULL)) z
    WHERE z.zone = s.time_zone AND s.reason IS NULL
$$;
COMMENT ON FUNCTION umws.stage_refuse_zones() IS 'Time zones that are none; looked up once for all rows.';

CREATE OR REPLACE FUNCTION umws.stage_refuse_short() RETURNS void
    LANGUAGE sql
AS $$
    -- Where one extension begins with 0, no spreadsheet has taken the zeros.
    WITH widths AS (
        SELECT length(s.extension) AS width, count(*) AS n, bool_or(s.extension LIKE '0%') AS is_kept
        FROM umws.stage s WHERE s.reason IS NULL AND s.extension <> '' GROUP BY 1),
    widest AS (
        SELECT w.width FROM widths w
        WHERE w.width = (SELECT max(m.width) FROM widths m) AND w.n >= 3 AND NOT w.is_kept
            AND (SELECT sum(o.n) FROM widths o WHERE o.width < w.width) * 3 <= w.n)
    UPDATE umws.stage s SET reason = format(
        'extension "%s" has %s digits where the others have %s: has a spreadsheet taken a leading zero? --uneven says that it is right',
        s.extension, length(s.extension), w.width)
    FROM widest w
    WHERE s.reason IS NULL AND s.extension <> '' AND length(s.extension) < w.width
        AND NOT EXISTS (SELECT FROM umws.um_user u
            WHERE u.id = s.user_id AND u.extension = s.extension)
$$;
COMMENT ON FUNCTION umws.stage_refuse_short() IS
    'Extensions that are shorter than nearly all others, unless a mailbox has just this one already.';

CREATE OR REPLACE FUNCTION umws.stage_refuse_taken() RETURNS boolean
    LANGUAGE plpgsql
AS $$
BEGIN
    WITH wanted AS (
        SELECT s.number, s.line, s.place, u.login,
            CASE WHEN s.extension IS NULL THEN u.extension ELSE nullif(s.extension, '') END
                AS extension,
            coalesce(s.um_enabled, u.um_enabled, true) AS is_enabled,
            u.um_enabled AND (s.extension IS NULL OR u.extension = s.extension) AS is_held
        FROM umws.stage s LEFT JOIN umws.um_user u ON u.id = s.user_id
        WHERE s.reason IS NULL
        UNION ALL
        SELECT NULL, NULL, NULL, u.login, u.extension, u.um_enabled, true
        FROM umws.um_user u
        WHERE NOT EXISTS (SELECT FROM umws.stage s WHERE s.user_id = u.id AND s.reason IS NULL)),
    ranked AS (
        SELECT w.number, w.extension, row_number() OVER x AS n,
            first_value(w.number) OVER x AS first, first_value(w.line) OVER x AS line,
            first_value(w.place) OVER x AS place, first_value(w.login) OVER x AS login
        FROM wanted w WHERE w.is_enabled AND w.extension IS NOT NULL
        WINDOW x AS (PARTITION BY w.extension
            ORDER BY w.number IS NOT NULL, w.is_held IS NOT TRUE, w.number))
    UPDATE umws.stage s SET reason = format('extension "%s" is in use by another mailbox, %s',
        r.extension, CASE WHEN r.first IS NULL THEN format('"%s"', r.login)
            ELSE 'that of ' || umws.stage_place(r.line, r.place) END)
    FROM ranked r WHERE r.number = s.number AND r.n > 1;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION umws.stage_refuse_taken() IS
    'Of enabled mailboxes that would have one extension: who is in no row keeps it, then who has it, then the first. True: rows were refused. Their mailboxes stay as they are, so it is to be asked again.';

CREATE OR REPLACE FUNCTION umws.stage_difference(p_row umws.stage, p_user umws.um_user)
    RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT nullif(concat_ws(', ',
        umws.difference('email', p_user.email, p_row.email),
        umws.difference('name', p_user.display_name, p_row.display_name),
        umws.difference('extension', coalesce(p_user.extension, ''), p_row.extension),
        umws.difference('locale', coalesce(p_user.locale, ''), p_row.locale),
        umws.difference('time_zone', coalesce(p_user.time_zone, ''), p_row.time_zone),
        CASE WHEN p_row.policy_id <> p_user.policy_id THEN
            umws.difference('policy', umws.policy_name(p_user.policy_id), p_row.policy) END,
        umws.difference('enabled', CASE WHEN p_user.um_enabled THEN 'yes' ELSE 'no' END,
            CASE WHEN p_row.um_enabled THEN 'yes' WHEN NOT p_row.um_enabled THEN 'no' END)), '')
$$;
COMMENT ON FUNCTION umws.stage_difference(umws.stage, umws.um_user) IS
    'What a row changes in its mailbox, for people; NULL: nothing.';

CREATE OR REPLACE FUNCTION umws.stage_compare(
        p_is_by_hand boolean, p_is_whole boolean,
        OUT rows bigint, OUT bad bigint, OUT added bigint, OUT changed bigint,
        OUT same bigint, OUT gone bigint, OUT enabled bigint, OUT disabled bigint,
        OUT named bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    -- Nobody may have looked at the mailboxes since the last import made them:
    -- what is held to be a few rows is then gone through for each of the others.
    ANALYZE umws.stage;
    ANALYZE umws.um_user;
    PERFORM umws.stage_refuse_twins();
    IF EXISTS (SELECT FROM umws.stage s WHERE s.time_zone IS NOT NULL) THEN
        PERFORM umws.stage_refuse_zones();
    END IF;
    IF p_is_by_hand THEN
        PERFORM umws.stage_refuse_short();
    END IF;
    IF p_is_whole THEN
        -- A row that is no good names its mailbox all the same.
        INSERT INTO umws.stage (number, login, um_enabled, user_id)
        SELECT -row_number() OVER (ORDER BY u.id), u.login, false, u.id
        FROM umws.um_user u
        WHERE u.um_enabled AND u.synced = 'here'
            AND NOT EXISTS (SELECT FROM umws.stage s WHERE s.login = u.login);
        -- Back again.
        UPDATE umws.stage s SET um_enabled = true FROM umws.um_user u
        WHERE u.id = s.user_id AND u.synced = 'gone' AND s.reason IS NULL
            AND s.um_enabled IS NULL;
        -- They may be many more than the rows that were there before.
        ANALYZE umws.stage;
    END IF;
    WHILE umws.stage_refuse_taken() LOOP
    END LOOP;

    -- What differs is locked, all in one order, and looked at again.
    PERFORM FROM umws.um_user u JOIN umws.stage s ON s.user_id = u.id
    WHERE s.reason IS NULL AND umws.stage_difference(s, u) IS NOT NULL
    ORDER BY u.id FOR UPDATE OF u;
    UPDATE umws.stage s SET difference = umws.stage_difference(s, u),
        action = CASE WHEN s.number < 0 THEN 'disable' ELSE 'change' END
    FROM umws.um_user u
    WHERE u.id = s.user_id AND s.reason IS NULL AND umws.stage_difference(s, u) IS NOT NULL
        -- Not one that got another login meanwhile.
        AND u.login = s.login;
    UPDATE umws.stage s SET action = 'add' WHERE s.reason IS NULL AND s.user_id IS NULL;

    SELECT count(*) FILTER (WHERE s.reason IS NULL AND s.number > 0),
        count(*) FILTER (WHERE s.reason IS NOT NULL AND NOT s.is_told),
        count(*) FILTER (WHERE s.action = 'add'), count(*) FILTER (WHERE s.action = 'change'),
        count(*) FILTER (WHERE s.reason IS NULL AND s.number > 0 AND s.action IS NULL),
        count(*) FILTER (WHERE s.action = 'disable'),
        (SELECT count(*) FROM umws.um_user u
            WHERE u.um_enabled AND (u.synced = 'here' OR NOT p_is_whole)),
        count(*) FILTER (WHERE s.action = 'change' AND u.um_enabled AND NOT s.um_enabled),
        count(*) FILTER (WHERE u.um_enabled)
    INTO rows, bad, added, changed, same, gone, enabled, disabled, named
    FROM umws.stage s LEFT JOIN umws.um_user u ON u.id = s.user_id;
END
$$;
COMMENT ON FUNCTION umws.stage_compare(boolean, boolean) IS
    'All rows are there: refuse what cannot be, and compare the others. p_is_by_hand: look for zeros that a spreadsheet took. p_is_whole: enabled mailboxes that a sync has had and no row names are gone, and those that were gone and are named are to be enabled. rows: good ones; bad: those that were found here; enabled: how many mailboxes are so now, with p_is_whole those that a sync has had; disabled: how many rows disable an enabled mailbox; named: how many enabled mailboxes are named by a row, or gone.';
GRANT EXECUTE ON FUNCTION umws.stage_compare(boolean, boolean) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.stage_apply(
        p_action text, p_source text, OUT mails bigint, OUT audited text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_is_sync    boolean := p_action = 'user_sync';
    v_constraint text;
BEGIN
    PERFORM umws.commit_durably();
    UPDATE umws.stage s SET mail = w.words
    FROM (SELECT s.number, string_agg(umws.mail_words(s.login, m.kind, m.recipient,
                m.is_under_way, coalesce(s.um_enabled, u.um_enabled)), '; ' ORDER BY m.kind)
            AS words
        FROM umws.mails_withdraw(ARRAY(
                SELECT u.id FROM umws.stage s JOIN umws.um_user u ON u.id = s.user_id
                WHERE s.action IS NOT NULL
                    AND (s.email <> u.email OR (u.um_enabled AND NOT s.um_enabled)))) m
            JOIN umws.um_user u ON u.id = m.user_id
            JOIN umws.stage s ON s.user_id = u.id AND s.action IS NOT NULL
        GROUP BY s.number) w
    WHERE s.number = w.number;
    GET DIAGNOSTICS mails = ROW_COUNT;

    -- Extensions may change hands: first they are let go of.
    UPDATE umws.um_user u SET
        extension = CASE WHEN s.extension <> u.extension THEN NULL ELSE u.extension END,
        um_enabled = coalesce(s.um_enabled, true)
    FROM umws.stage s
    WHERE s.user_id = u.id AND s.action IS NOT NULL AND u.um_enabled AND u.extension IS NOT NULL
        AND (s.extension <> u.extension OR NOT s.um_enabled);
    UPDATE umws.um_user u SET
        email = coalesce(s.email, u.email),
        display_name = coalesce(s.display_name, u.display_name),
        extension = CASE WHEN s.extension IS NULL THEN u.extension
            ELSE nullif(s.extension, '') END,
        locale = coalesce(s.locale, u.locale),
        time_zone = coalesce(s.time_zone, u.time_zone),
        policy_id = coalesce(s.policy_id, u.policy_id),
        um_enabled = coalesce(s.um_enabled, u.um_enabled),
        synced = CASE WHEN NOT v_is_sync THEN
                CASE WHEN s.um_enabled THEN nullif(u.synced, 'gone') ELSE u.synced END
            WHEN s.action = 'disable' THEN 'gone' ELSE 'here' END
    FROM umws.stage s
    WHERE s.user_id = u.id AND s.action IS NOT NULL;
    IF v_is_sync THEN
        -- Whoever has a row, as it is, is taken over by it; all in one order.
        PERFORM FROM umws.um_user u JOIN umws.stage s ON s.user_id = u.id
        WHERE s.reason IS NULL AND s.action IS NULL AND u.synced IS DISTINCT FROM 'here'
        ORDER BY u.id FOR UPDATE OF u;
        UPDATE umws.um_user u SET synced = 'here' FROM umws.stage s
        WHERE s.user_id = u.id AND s.reason IS NULL AND s.action IS NULL
            AND u.synced IS DISTINCT FROM 'here';
    END IF;
    INSERT INTO umws.um_user (id, login, email, display_name, extension, locale, time_zone,
        policy_id, um_enabled, synced) OVERRIDING SYSTEM VALUE
    SELECT coalesce(s.new_id, nextval('umws.um_user_id_seq')), s.login, s.email, coalesce(s.display_name, ''), nullif(s.extension, ''),
        s.locale, s.time_zone, coalesce(s.policy_id,
            (SELECT p.id FROM umws.policy p WHERE p.name = 'default')),
        coalesce(s.um_enabled, true), CASE WHEN v_is_sync THEN 'here' END
    FROM umws.stage s WHERE s.action = 'add' ORDER BY s.number;

    -- As audit_act() does it, for all of them at once.
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        policy, reason)
    SELECT u.id, u.login, umws.actor(), inet_client_addr(), 'umwsctl',
        CASE s.action WHEN 'add' THEN 'user_add' WHEN 'change' THEN 'user_set'
            ELSE 'user_disable' END,
        'ok', p.name, nullif(concat_ws(', ', coalesce(s.difference, p_source),
            -- As user_add() and user_enable() tell of it.
            CASE WHEN s.action = 'add' OR NOT s.um_enabled THEN (
                SELECT 'has the role ' || string_agg(DISTINCT g.role, ', ')
                FROM umws.role_grant g WHERE g.login = u.login) END), '')
    FROM umws.stage s JOIN umws.um_user u ON u.login = s.login
        JOIN umws.policy p ON p.id = u.policy_id
    WHERE s.action IS NOT NULL ORDER BY s.number;
    PERFORM umws.stage_apply_pins(p_source);
    audited := (SELECT format('added %s, changed %s, disabled %s, refused %s',
            count(*) FILTER (WHERE s.action = 'add'),
            count(*) FILTER (WHERE s.action = 'change'),
            count(*) FILTER (WHERE s.action = 'disable'),
            count(*) FILTER (WHERE s.reason IS NOT NULL)) FROM umws.stage s);
    -- A sync that cron has run in vain says nothing.
    IF NOT v_is_sync OR EXISTS (SELECT FROM umws.stage s
            WHERE s.action IS NOT NULL OR s.reason IS NOT NULL) THEN
        PERFORM umws.audit_act(p_action, NULL, p_source, NULL, audited);
    END IF;
EXCEPTION
    -- Somebody has taken a login or an extension since we compared.
    WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        IF v_constraint = 'um_user_pkey' THEN
            PERFORM umws.complain_of_number('umws.um_user');
        ELSIF v_constraint NOT IN ('um_user_login_key', 'um_user_extension') THEN
            RAISE;
        END IF;
        RAISE EXCEPTION 'mailboxes were changed by somebody else meanwhile'
            USING ERRCODE = 'serialization_failure';
END
$$;
COMMENT ON FUNCTION umws.stage_apply(text, text) IS
    'Make the mailboxes so, and note each change and the whole (p_action, as user_import, of p_source) in the audit. mails: how many were withdrawn, or are under way.';
GRANT EXECUTE ON FUNCTION umws.stage_apply(text, text) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.stage_end() RETURNS boolean
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT umws.commit_durably();
    DELETE FROM umws.stage;
    SELECT true
$$;
COMMENT ON FUNCTION umws.stage_end() IS 'The last call before the commit: the rows are done with.';
GRANT EXECUTE ON FUNCTION umws.stage_end() TO umws_admin;

RESET ROLE;
