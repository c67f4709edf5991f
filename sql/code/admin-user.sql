-- admin-user.sql - what operators do to a mailbox, and what becomes of the
-- mails that it has in the queue.
--
-- The order of locks is role_grant, um_user, outbox.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.user_complaint(
        p_login text, p_email text, p_display_name text, p_extension text, p_locale text,
        p_time_zone text)
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_constraint   text;
    v_login        umws.login;
    v_email        umws.mail_address;
    v_display_name umws.display_name;
    v_extension    umws.extension;
    v_locale       umws.locale;
BEGIN
    v_login := p_login;
    v_email := p_email;
    v_display_name := p_display_name;
    v_extension := nullif(p_extension, '');
    v_locale := nullif(p_locale, '');
    IF p_time_zone <> '' THEN
        RETURN (SELECT z.complaint FROM umws.zone_complaints(ARRAY[p_time_zone]) z);
    END IF;
    RETURN NULL;
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
    IF v_constraint NOT IN ('um_user_email_check', 'um_user_extension_check',
            'um_user_locale_check', 'um_user_display_name_check', 'um_user_login_check') THEN
        RAISE;
    END IF;
    RETURN CASE v_constraint
        WHEN 'um_user_email_check' THEN format('"%s" is no mail address', p_email)
        WHEN 'um_user_extension_check' THEN
            format('extension "%s" is not 1 to 20 digits', p_extension)
        WHEN 'um_user_locale_check' THEN
            format('locale "%s" is no language tag such as en or de-AT', p_locale)
        WHEN 'um_user_display_name_check' THEN
            'the display name has over 128 characters or a control character'
        ELSE format('"%s" cannot be a login: 1 to 256 bytes, in normal form C, no control or invisible characters, no blank at an end', p_login)
        END;
END
$$;
COMMENT ON FUNCTION umws.user_complaint(text, text, text, text, text, text) IS
    'What of this can stand in no mailbox, as a sentence; NULL: nothing. NULL and empty are none.';

CREATE OR REPLACE FUNCTION umws.difference(p_name text, p_old text, p_new text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_new <> p_old THEN p_name || ' ' || coalesce(nullif(p_old, ''), '(none)')
        || ' -> ' || coalesce(nullif(p_new, ''), '(none)') END
$$;
COMMENT ON FUNCTION umws.difference(text, text, text) IS
    'What changes, for people; NULL: nothing does, or p_new is NULL.';

CREATE OR REPLACE FUNCTION umws.mails_withdraw(p_user_ids bigint[])
    RETURNS TABLE (user_id bigint, kind text, recipient text, is_under_way boolean)
    LANGUAGE sql
AS $$
    WITH live AS MATERIALIZED (
        SELECT o.id, o.state = 'sending' AS is_under_way FROM umws.outbox o
        WHERE o.user_id = ANY (p_user_ids) AND o.sealed IS NOT NULL
            AND o.kind <> 'elsewhere'
        ORDER BY o.id FOR UPDATE),
    -- The lease stays, as in pin_store(): what has begun ends first, and is
    -- not tried again.
    gone AS (
        UPDATE umws.outbox o SET state = 'superseded', sealed = NULL
        FROM live WHERE o.id = live.id
        RETURNING o.user_id, o.kind::text, o.recipient, live.is_under_way),
    -- The PIN still expires: the next notify_expiring() tells of it.
    untold AS (
        UPDATE umws.um_user u SET is_expiry_told = false
        FROM gone g WHERE u.id = g.user_id AND g.kind = 'expiring' AND NOT g.is_under_way)
    SELECT g.user_id, g.kind, g.recipient, g.is_under_way FROM gone g
$$;
COMMENT ON FUNCTION umws.mails_withdraw(bigint[]) IS
    'Withdraw the mails that these mailboxes, locked by the caller, still have in the queue, but for those that tell that a PIN went elsewhere: that is told whatever comes after. One that is under way may still arrive; it is not sent again.';

CREATE OR REPLACE FUNCTION umws.mail_words(
        p_login text, p_kind text, p_recipient text, p_is_under_way boolean, p_is_enabled boolean)
    RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN NOT umws.mail_has_pin(p_kind)
            THEN format('a mail to %s, which tells of %s, ', p_recipient, CASE p_kind
                WHEN 'expiring' THEN 'a PIN that expires' WHEN 'locked' THEN 'a lockout'
                ELSE 'a changed PIN' END)
            ELSE format('a PIN mail to %s ', p_recipient) END
        || CASE WHEN p_is_under_way THEN 'is under way and may still arrive'
            ELSE 'was withdrawn' END
        || CASE WHEN NOT umws.mail_has_pin(p_kind) OR p_is_enabled IS NULL THEN ''
            WHEN p_is_enabled THEN format(': %s sends a new one', umws.reset_command(p_login))
            ELSE format(': %s sends a new one when the mailbox is enabled again',
                umws.reset_command(p_login)) END
$$;
COMMENT ON FUNCTION umws.mail_words(text, text, text, boolean, boolean) IS
    'What became of a mail that mails_withdraw() gave, and what to do. p_is_enabled: is the mailbox? NULL: it is no more.';

CREATE OR REPLACE FUNCTION umws.user_set(
        p_login text, p_email text, p_display_name text, p_extension text,
        p_locale text, p_time_zone text, p_policy text, p_new_login text,
        OUT login text, OUT is_changed boolean, OUT changes text, OUT mail text,
        OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user       umws.um_user;
    v_policy     text;
    v_policy_id  integer;
    v_role       text;
    v_constraint text;
BEGIN
    PERFORM umws.commit_durably();
    IF p_new_login IS NOT NULL THEN
        PERFORM umws.role_held(p_login);
    END IF;
    v_user := umws.user_held(p_login);
    login := coalesce(umws.login_form(p_new_login), v_user.login);
    message := umws.user_complaint(login, p_email, p_display_name, p_extension, p_locale,
        p_time_zone);
    IF message IS NOT NULL THEN
        RAISE EXCEPTION '%', message USING ERRCODE = 'invalid_parameter_value';
    END IF;
    v_policy := CASE WHEN p_policy = '' THEN 'default' ELSE p_policy END;
    v_policy_id := coalesce((SELECT p.id FROM umws.policy p WHERE p.name = v_policy),
        CASE WHEN v_policy IS NULL THEN v_user.policy_id END);
    IF v_policy_id IS NULL THEN
        RAISE EXCEPTION 'there is no policy "%"', v_policy
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    changes := concat_ws(', ',
        umws.difference('login', v_user.login, login),
        umws.difference('email', v_user.email, p_email),
        umws.difference('name', v_user.display_name, p_display_name),
        umws.difference('extension', coalesce(v_user.extension, ''), p_extension),
        umws.difference('locale', coalesce(v_user.locale, ''), p_locale),
        umws.difference('time_zone', coalesce(v_user.time_zone, ''), p_time_zone),
        umws.difference('policy', umws.policy_name(v_user.policy_id), v_policy));
    is_changed := changes <> '';
    IF NOT is_changed THEN
        message := format('%s is so already: nothing was changed', login);
        RETURN;
    END IF;
    UPDATE umws.um_user u SET
        login = user_set.login,
        email = coalesce(p_email, u.email),
        display_name = coalesce(p_display_name, u.display_name),
        extension = CASE WHEN p_extension IS NULL THEN u.extension ELSE nullif(p_extension, '') END,
        locale = CASE WHEN p_locale IS NULL THEN u.locale ELSE nullif(p_locale, '') END,
        time_zone = CASE WHEN p_time_zone IS NULL THEN u.time_zone ELSE nullif(p_time_zone, '') END,
        policy_id = v_policy_id
    WHERE u.id = v_user.id;
    IF login <> v_user.login THEN
        v_role := umws.role_end(v_user.login);
        changes := concat_ws(', ', changes, 'role ' || v_role || ' revoked');
    END IF;
    PERFORM umws.audit_act('user_set', v_user.id, login, umws.policy_name(v_policy_id), changes);
    message := concat_ws(E'\n', format('changed %s: %s', login, changes),
        v_user.login || ' no longer has the role ' || v_role
            || ', and the new login does not get it: umwsctl role grant gives it');
    IF p_email <> v_user.email THEN
        mail := (SELECT string_agg(umws.mail_words(login, m.kind, m.recipient,
                m.is_under_way, v_user.um_enabled), E'\n' ORDER BY m.kind)
            FROM umws.mails_withdraw(ARRAY[v_user.id]) m);
        message := concat_ws(E'\n', message, mail);
    END IF;
EXCEPTION
    WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        PERFORM umws.complain_of_twin(v_constraint, login, p_extension);
        RAISE;
END
$$;
COMMENT ON FUNCTION umws.user_set(text, text, text, text, text, text, text, text) IS
    'Change a mailbox; NULL: that stays. Empty extension, locale, time zone = none, policy = default. The roles of a login that is given up end. changes: what, for people. mail: what became of a mail to the address that was; NULL = there was none.';
GRANT EXECUTE ON FUNCTION umws.user_set(text, text, text, text, text, text, text, text) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.user_enable(
        p_login text, p_is_enabled boolean,
        OUT login text, OUT is_changed boolean, OUT mail text, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user       umws.um_user;
    v_constraint text;
BEGIN
    PERFORM umws.commit_durably();
    v_user := umws.user_held(p_login);
    login := v_user.login;
    is_changed := v_user.um_enabled <> p_is_enabled;
    -- Whom a sync has disabled and a person enables is that person's affair;
    -- whom a person disables, too, no sync enables again.
    UPDATE umws.um_user u SET um_enabled = p_is_enabled,
        synced = CASE WHEN u.synced IS DISTINCT FROM 'gone' THEN u.synced
            WHEN NOT p_is_enabled THEN 'here' END
    WHERE u.id = v_user.id AND (is_changed OR u.synced = 'gone');
    IF NOT p_is_enabled THEN
        mail := (SELECT string_agg(umws.mail_words(login, m.kind, m.recipient,
                m.is_under_way, false), E'\n' ORDER BY m.kind)
            FROM umws.mails_withdraw(ARRAY[v_user.id]) m);
    END IF;
    PERFORM umws.audit_act(CASE WHEN p_is_enabled THEN 'user_enable' ELSE 'user_disable' END,
        v_user.id, login, umws.policy_name(v_user.policy_id), NULL);
    message := concat_ws(E'\n', login
        || CASE WHEN p_is_enabled THEN ' is enabled' ELSE ' is disabled' END
        || CASE WHEN is_changed THEN '' ELSE ', as before' END, mail,
        CASE WHEN NOT p_is_enabled THEN (
            SELECT format('the login still has the role %s: umwsctl role revoke takes it', g.role)
            FROM umws.role_grant g WHERE g.login = v_user.login LIMIT 1) END);
EXCEPTION
    WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
        PERFORM umws.complain_of_twin(v_constraint, login, v_user.extension);
        RAISE;
END
$$;
COMMENT ON FUNCTION umws.user_enable(text, boolean) IS
    'Enable a mailbox, or disable it: ResetPIN is refused, nobody logs on by phone, its mails are withdrawn. Its PIN stays as it is. mail: what became of one; NULL = there was none.';
GRANT EXECUTE ON FUNCTION umws.user_enable(text, boolean) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.user_remove(
        p_login text, OUT login text, OUT mail text, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user umws.um_user;
    v_role text;
BEGIN
    PERFORM umws.commit_durably();
    PERFORM umws.role_held(p_login);
    v_user := umws.user_held(p_login);
    login := v_user.login;
    -- All of them go with the mailbox: a mailer that locks two of them must not
    -- meet with us crosswise.
    PERFORM FROM umws.outbox o WHERE o.user_id = v_user.id ORDER BY o.id FOR UPDATE;
    mail := (SELECT string_agg(umws.mail_words(login, m.kind, m.recipient,
            m.is_under_way, NULL), E'\n' ORDER BY m.kind)
        FROM umws.mails_withdraw(ARRAY[v_user.id]) m);
    DELETE FROM umws.um_user u WHERE u.id = v_user.id;
    v_role := umws.role_end(login);
    PERFORM umws.audit_act('user_remove', v_user.id, login, umws.policy_name(v_user.policy_id),
        concat_ws(', ', v_user.email, 'role ' || v_role || ' revoked'));
    message := concat_ws(E'\n', format('removed %s', login), mail,
        login || ' no longer has the role ' || v_role);
END
$$;
COMMENT ON FUNCTION umws.user_remove(text) IS
    'Remove a mailbox with its PIN history, its mails and the roles of its login; its audit rows stay. mail: what became of one that was still to be sent; NULL = there was none.';
GRANT EXECUTE ON FUNCTION umws.user_remove(text) TO umws_admin;

RESET ROLE;
