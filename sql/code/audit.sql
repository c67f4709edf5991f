-- audit.sql - write audit rows for refusals and other events.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.audit_once(
        p_way text, p_user_id bigint, p_login text, p_actor text, p_address inet,
        p_request_id text, p_action text, p_result text, p_rule text, p_policy text)
    RETURNS integer
    LANGUAGE plpgsql
AS $$
DECLARE
    v_minute timestamptz := date_trunc('minute', clock_timestamp(), 'UTC');
    v_count  integer;
BEGIN
    -- Nobody waits for the row: each would for the commits of all before it,
    -- and a flood at one mailbox would hold every worker here.
    UPDATE umws.audit a SET count = a.count + 1
    WHERE a.id = (SELECT x.id FROM umws.audit x
        WHERE x.login = p_login AND x.actor = p_actor AND x.action = p_action
            AND x.result = p_result AND x.minute = v_minute
        FOR UPDATE SKIP LOCKED)
    RETURNING a.count INTO v_count;
    IF FOUND OR EXISTS (SELECT FROM umws.audit x
            WHERE x.login = p_login AND x.actor = p_actor AND x.action = p_action
                AND x.result = p_result AND x.minute = v_minute) THEN
        RETURN v_count;
    END IF;
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        rule, policy, request_id, minute)
    VALUES (p_user_id, p_login, p_actor, p_address, p_way, p_action, p_result,
        p_rule, p_policy, p_request_id, v_minute)
    ON CONFLICT (login, actor, action, result, minute) WHERE minute IS NOT NULL
    DO NOTHING
    RETURNING count INTO v_count;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION umws.audit_once(text, bigint, text, text, inet, text, text, text, text, text) IS
    'Note a refusal, once per mailbox, caller, reason and minute, with a count; returns which one in this minute it is, NULL = it came while another was being noted, and is not counted.';

CREATE OR REPLACE FUNCTION umws.audit_refusal(
        p_user_id bigint, p_login text, p_actor text, p_address inet, p_request_id text,
        p_action text, p_result text, p_rule text, p_policy text)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM umws.audit_once('soap', p_user_id, p_login, p_actor, p_address, p_request_id,
        p_action, p_result, p_rule, p_policy);
END
$$;
COMMENT ON FUNCTION umws.audit_refusal(bigint, text, text, inet, text, text, text, text, text) IS
    'audit_once() for the web service. p_actor: who asked, which is the mailbox''s own login or a help desk''s.';

CREATE OR REPLACE FUNCTION umws.actor() RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(nullif(current_setting('umws.actor', true), ''), session_user::text)
$$;
COMMENT ON FUNCTION umws.actor() IS
    'Who acts: the setting umws.actor, which umwsctl makes for its transaction; without it whoever is logged in.';

CREATE OR REPLACE FUNCTION umws.audit_act(
        p_action text, p_user_id bigint, p_login text, p_policy text, p_reason text)
    RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        policy, reason)
    VALUES (p_user_id, p_login, umws.actor(), inet_client_addr(), 'umwsctl', p_action,
        'ok', p_policy, nullif(p_reason, ''))
$$;
COMMENT ON FUNCTION umws.audit_act(text, bigint, text, text, text) IS
    'Note what an operator did. p_login: the mailbox, or what else was acted on.';

-- Whatever the role: rights keep umws_owner from it, too (sql/schema), but a
-- superuser has them all.
CREATE OR REPLACE FUNCTION umws.keep_row() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'umws.% is append-only: % is refused%', TG_TABLE_NAME, TG_OP,
            CASE WHEN TG_LEVEL = 'ROW' THEN ' for what is younger than 30 days' ELSE '' END
        USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION umws.keep_row() IS 'Refuse what a trigger has found may not be done.';

-- 10 minutes: "audit seal" leaves the refusals of the last ones to the next.
CREATE OR REPLACE FUNCTION umws.keep_refusal() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count integer := NEW.count;
BEGIN
    NEW.count := OLD.count;
    IF OLD.minute IS NULL OR v_count <= OLD.count OR NEW IS DISTINCT FROM OLD
            OR clock_timestamp() > OLD.minute + interval '10 minutes' THEN
        RAISE EXCEPTION 'umws.audit is append-only: UPDATE is refused'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.count := v_count;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION umws.keep_refusal() IS
    'Refuse every change of an audit row but this: the count of a refusal grows, within 10 minutes after its minute began.';

CREATE OR REPLACE TRIGGER audit_update BEFORE UPDATE ON umws.audit
    FOR EACH ROW EXECUTE FUNCTION umws.keep_refusal();
CREATE OR REPLACE TRIGGER audit_delete BEFORE DELETE ON umws.audit
    FOR EACH ROW WHEN (OLD.at > clock_timestamp() - interval '30 days')
    EXECUTE FUNCTION umws.keep_row();
CREATE OR REPLACE TRIGGER audit_truncate BEFORE TRUNCATE ON umws.audit
    FOR EACH STATEMENT EXECUTE FUNCTION umws.keep_row();

CREATE OR REPLACE FUNCTION umws.keep_seal() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_purged_at timestamptz := NEW.purged_at;
BEGIN
    NEW.purged_at := NULL;
    IF OLD.purged_at IS NOT NULL OR v_purged_at IS NULL OR NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'umws.audit_seal is append-only: UPDATE is refused'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.purged_at := v_purged_at;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION umws.keep_seal() IS
    'Refuse every change of a seal but this: its rows are purged from now on.';

CREATE OR REPLACE FUNCTION umws.keep_sealed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM umws.audit_seal s
            WHERE s.id = OLD.seal_id AND s.purged_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'umws.audit_sealed is append-only: DELETE is refused for rows of a seal that is not to be purged'
        USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION umws.keep_sealed() IS
    'Refuse that it be forgotten which rows a seal is over, but for a purged one.';

CREATE OR REPLACE TRIGGER audit_seal_update BEFORE UPDATE ON umws.audit_seal
    FOR EACH ROW EXECUTE FUNCTION umws.keep_seal();
CREATE OR REPLACE TRIGGER audit_seal_delete BEFORE DELETE OR TRUNCATE ON umws.audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION umws.keep_row();
CREATE OR REPLACE TRIGGER audit_sealed_delete BEFORE DELETE ON umws.audit_sealed
    FOR EACH ROW EXECUTE FUNCTION umws.keep_sealed();
CREATE OR REPLACE TRIGGER audit_sealed_update BEFORE UPDATE OR TRUNCATE ON umws.audit_sealed
    FOR EACH STATEMENT EXECUTE FUNCTION umws.keep_row();

RESET ROLE;
