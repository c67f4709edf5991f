-- admin-key.sql - what still needs a key, by id, and what operators do with
-- keys. The keys themselves are in files; here are ids only.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.key_needs()
    RETURNS TABLE (kind text, id text, state text, verifiers bigint, history bigint, mails bigint,
        seals bigint)
    LANGUAGE sql STABLE
AS $$
    SELECT 'pepper', v.id, NULL, sum(v.verifiers)::bigint, sum(v.history)::bigint, NULL::bigint,
        NULL::bigint
    FROM (SELECT u.pin_key_id AS id, count(*) AS verifiers, 0 AS history
        FROM umws.um_user u WHERE u.pin_key_id IS NOT NULL GROUP BY 1
        UNION ALL
        SELECT h.pin_key_id, 0, count(*) FROM umws.pin_history h GROUP BY 1) v
    GROUP BY v.id
    UNION ALL
    SELECT 'mail', coalesce(k.id, m.id), k.state, NULL, NULL, coalesce(m.mails, 0), NULL
    FROM umws.mail_key k FULL JOIN (
        SELECT o.key_id AS id, count(*) AS mails FROM umws.outbox o
        WHERE o.sealed IS NOT NULL AND o.key_id <> '' GROUP BY 1) m ON m.id = k.id
    UNION ALL
    SELECT 'audit', a.key_id, NULL, NULL, NULL, NULL, count(*)
    FROM umws.audit_seal a GROUP BY a.key_id
$$;
COMMENT ON FUNCTION umws.key_needs() IS
    'Every key that the database names, and what needs it: verifiers of mailboxes and of their history under a pepper, waiting mails sealed to a mail key, seals made with an audit key.';

CREATE OR REPLACE FUNCTION umws.key_list(
        p_files jsonb,
        OUT kind text, OUT id text, OUT is_current boolean, OUT files text[], OUT state text,
        OUT verifiers bigint, OUT history bigint, OUT mails bigint, OUT seals bigint,
        OUT problem text, OUT message text)
    RETURNS SETOF record
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH file AS (
        SELECT f.n, f.v ->> 'kind' AS kind, f.v ->> 'setting' AS setting,
            f.v ->> 'path' AS path, f.v ->> 'problem' AS problem,
            (f.v ->> 'leads')::boolean AS leads, f.v -> 'ids' AS ids
        FROM jsonb_array_elements(p_files) WITH ORDINALITY AS f (v, n)),
    in_file AS (
        SELECT f.kind, k.id, bool_or(f.leads AND k.n = 1) AS is_current,
            array_agg(f.setting ORDER BY f.n) AS files, min(k.n) AS place
        FROM file f, jsonb_array_elements_text(f.ids) WITH ORDINALITY AS k (id, n)
        GROUP BY 1, 2),
    seen AS (
        SELECT coalesce(i.kind, d.kind) AS kind, coalesce(i.id, d.id) AS id,
            coalesce(i.is_current, false) AS is_current,
            coalesce(i.files, '{}') AS files, d.state,
            CASE coalesce(i.kind, d.kind) WHEN 'pepper' THEN coalesce(d.verifiers, 0) END
                AS verifiers,
            CASE coalesce(i.kind, d.kind) WHEN 'pepper' THEN coalesce(d.history, 0) END
                AS history,
            CASE coalesce(i.kind, d.kind) WHEN 'mail' THEN coalesce(d.mails, 0) END AS mails,
            CASE coalesce(i.kind, d.kind) WHEN 'audit' THEN coalesce(d.seals, 0) END AS seals,
            i.place, (SELECT min(f.n) FROM file f WHERE f.kind = coalesce(i.kind, d.kind)) AS n
        FROM in_file i FULL JOIN umws.key_needs() d ON d.kind = i.kind AND d.id = i.id),
    judged AS (
        SELECT s.*, concat_ws('; ',
            CASE WHEN m.setting IS NULL OR m.setting = ANY (s.files) THEN NULL
                WHEN s.kind = 'pepper' THEN
                    'in no file: whoever has a PIN under it is UNAVAILABLE until its line is in pepper_key'
                WHEN s.kind = 'audit' THEN
                    'in no file: its seals cannot be verified until its line is in audit_key'
                WHEN s.mails > 0 THEN
                    'not in mail_key: its mails wait until its line is there, on a host with a mailer'
                WHEN s.files <> '{}' THEN 'in mail_pub, and not in mail_key'
                WHEN s.state = 'active' THEN 'in the database, and in no file' END,
            CASE WHEN s.kind = 'mail' AND s.files <> '{}' AND s.state IS NULL THEN
                'unknown to the database: a PIN sealed to it is refused' END,
            CASE WHEN s.is_current AND s.state = 'retired' THEN
                'retired, and first in mail_pub: every reset fails' END) AS wrong
        FROM seen s LEFT JOIN file m ON m.kind = s.kind AND m.ids IS NOT NULL
            AND m.setting IN ('pepper_key', 'mail_key', 'audit_key')),
    line AS (
        SELECT j.n, 1 AS part, coalesce(j.place, 100) AS place, j.kind, j.id, j.is_current,
            j.files, j.state, j.verifiers, j.history, j.mails, j.seals, nullif(j.wrong, '') AS problem
        FROM judged j WHERE j.n IS NOT NULL
        UNION ALL
        SELECT f.n, 0, 0, f.kind, NULL, NULL, ARRAY[f.setting], NULL, NULL, NULL, NULL, NULL,
            format('%s %s: %s', f.setting, f.path, f.problem)
        FROM file f WHERE f.problem IS NOT NULL)
    SELECT l.kind, l.id, l.is_current, l.files, l.state, l.verifiers, l.history, l.mails,
        l.seals, l.problem,
        CASE WHEN l.id IS NULL THEN format('%s problem: %s', rpad(l.kind, 6), l.problem)
        ELSE format('%s %s  %s', rpad(l.kind, 6), rpad(l.id, 16), concat_ws('; ',
            CASE WHEN l.is_current THEN 'current' WHEN l.files <> '{}' THEN 'known' END,
            l.state,
            CASE WHEN l.kind = 'pepper' AND l.verifiers + l.history > 0 THEN
                    format('%s PINs and %s of the history need it', l.verifiers, l.history)
                WHEN l.mails > 0 THEN format('%s waiting mails need it', l.mails)
                WHEN l.seals > 0 THEN format('%s seals need it', l.seals)
                WHEN l.kind <> 'web' THEN 'nothing needs it' END,
            'problem: ' || l.problem)) END
    FROM line l ORDER BY l.n, l.part, l.place, l.id COLLATE "C"
$$;
COMMENT ON FUNCTION umws.key_list(jsonb) IS
    'Keys of files and of the database side by side. p_files: objects of kind, setting (of umws.conf), path, problem (NULL: it was read), leads (its first key is the one in use), ids. verifiers, history, mails, seals: what needs the key. A row without id is about a file.';
GRANT EXECUTE ON FUNCTION umws.key_list(jsonb) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.key_note(
        p_kind text, p_id text, p_is_used boolean, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    IF p_kind = 'mail' AND NOT p_is_used THEN
        message := umws.mail_key_add(p_id);
        RETURN;
    END IF;
    IF p_kind = 'mail' AND NOT EXISTS (
            SELECT FROM umws.mail_key k WHERE k.id = p_id AND k.state = 'active') THEN
        RAISE EXCEPTION 'the database does not accept PINs sealed to the mail key %: umwsctl key list has those that it does', p_id
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM umws.audit_act(CASE WHEN p_is_used THEN 'key_use' ELSE 'key_add' END,
        NULL, p_id, NULL, p_kind);
    message := 'ok';
END
$$;
COMMENT ON FUNCTION umws.key_note(text, text, boolean) IS
    'Before a key is added to a file, or becomes the first in one (p_is_used): register a mail key, refuse one that is not accepted, and note it.';
GRANT EXECUTE ON FUNCTION umws.key_note(text, text, boolean) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.key_await() RETURNS void
    LANGUAGE plpgsql
AS $$
DECLARE
    v_next xid8 := pg_snapshot_xmax(pg_current_snapshot());
    v_end timestamptz := clock_timestamp() + interval '10 s';
BEGIN
    -- What began before us may still write by what it has read; each statement
    -- here has a new snapshot, and our own transaction is in none.
    WHILE EXISTS (SELECT FROM pg_snapshot_xip(pg_current_snapshot()) AS x WHERE x < v_next) LOOP
        IF clock_timestamp() > v_end THEN
            RAISE EXCEPTION 'other transactions have been at work for 10 seconds: try again'
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        PERFORM pg_sleep(0.02);
    END LOOP;
END
$$;
COMMENT ON FUNCTION umws.key_await() IS
    'Wait until every transaction that writes now has ended, 10 s at most.';

CREATE OR REPLACE FUNCTION umws.key_retire(
        p_kind text, p_id text, p_is_there boolean, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_needs record;
BEGIN
    PERFORM umws.commit_durably();
    IF p_kind = 'mail' THEN
        -- One after the other, or two would each leave the other's key.
        PERFORM FROM umws.mail_key k ORDER BY k.id FOR NO KEY UPDATE;
        IF NOT p_is_there AND NOT EXISTS (SELECT FROM umws.mail_key k WHERE k.id = p_id) THEN
            RAISE EXCEPTION 'there is no mail key of this id: umwsctl key list shows them all'
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF EXISTS (SELECT FROM umws.mail_key k WHERE k.id = p_id AND k.state = 'active')
            AND NOT EXISTS (SELECT FROM umws.mail_key k WHERE k.id <> p_id AND k.state = 'active')
        THEN
            RAISE EXCEPTION 'it is the only mail key that PINs may be sealed to: umwsctl key rotate mail'
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        UPDATE umws.mail_key k SET state = 'retired', retired_at = clock_timestamp()
        WHERE k.id = p_id AND k.state = 'active';
    ELSE
        PERFORM umws.key_await();
        SELECT * INTO v_needs FROM umws.key_needs() n WHERE n.kind = p_kind AND n.id = p_id;
        IF v_needs.verifiers + v_needs.history > 0 THEN
            RAISE EXCEPTION '% PINs and % of the history need the key: they fade with good logons, resets and the history''s length (umwsctl key list)',
                v_needs.verifiers, v_needs.history
                USING ERRCODE = 'invalid_parameter_value';
        ELSIF v_needs.seals > 0 THEN
            RAISE EXCEPTION '% seals of the audit need the key, and seals stay', v_needs.seals
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END IF;
    PERFORM umws.audit_act('key_retire', NULL, p_id, NULL, p_kind);
    message := 'ok';
END
$$;
COMMENT ON FUNCTION umws.key_retire(text, text, boolean) IS
    'Before a key is taken out of its file (p_is_there: it is in one): refused while verifiers or seals need it. A mail key becomes retired: no PIN is sealed to it any more.';
GRANT EXECUTE ON FUNCTION umws.key_retire(text, text, boolean) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.key_mails(p_id text, OUT mails bigint, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM umws.commit_durably();
    PERFORM umws.key_await();
    SELECT count(*) INTO mails FROM umws.outbox o WHERE o.sealed IS NOT NULL AND o.key_id = p_id;
    message := format('%s mails wait for it', mails);
END
$$;
COMMENT ON FUNCTION umws.key_mails(text) IS
    'How many mails wait that are sealed to a mail key, those of resets under way now included: of a retired key it grows no more.';
GRANT EXECUTE ON FUNCTION umws.key_mails(text) TO umws_admin;

RESET ROLE;
