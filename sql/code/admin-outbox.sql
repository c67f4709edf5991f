-- admin-outbox.sql - what operators do with mails that wait. Each function
-- returns a sentence for people beside what it did.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.reset_command(p_login text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT 'umwsctl pin reset --reason undelivered ' || CASE WHEN p_login ~ '^[A-Za-z0-9][A-Za-z0-9._@-]*$'
        THEN p_login ELSE '-- ' || chr(39) || replace(p_login, chr(39),
            chr(39) || chr(92) || chr(39) || chr(39)) || chr(39) END
$$;
COMMENT ON FUNCTION umws.reset_command(text) IS
    'The command that draws another PIN for a mailbox, as a shell takes it.';

CREATE OR REPLACE FUNCTION umws.outbox_retry_one(p_id uuid)
    RETURNS TABLE (id uuid, login text, state text, is_due boolean, command text, message text)
    LANGUAGE plpgsql
AS $$
DECLARE
    v_user umws.um_user;
    v_mail umws.outbox;
BEGIN
    SELECT u.* INTO v_user FROM umws.um_user u JOIN umws.outbox o ON o.user_id = u.id
    WHERE o.id = p_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no mail %: umwsctl outbox list shows them all', p_id
            USING ERRCODE = 'no_data_found';
    END IF;
    v_user := umws.user_held(v_user.login);
    SELECT * INTO v_mail FROM umws.outbox o WHERE o.id = p_id FOR UPDATE;
    id := p_id;
    login := v_user.login;
    state := v_mail.state;
    is_due := v_mail.sealed IS NOT NULL
        AND (v_mail.lease_until IS NULL OR v_mail.lease_until <= clock_timestamp());
    IF is_due THEN
        UPDATE umws.outbox o SET next_attempt_at = least(o.next_attempt_at, clock_timestamp())
        WHERE o.id = p_id;
        PERFORM umws.audit_act('outbox_retry', v_user.id, v_user.login,
            umws.policy_name(v_user.policy_id), p_id::text);
        message := format('the mail to %s is due now', v_mail.recipient);
    ELSIF v_mail.sealed IS NOT NULL THEN
        message := format('a mailer is at the mail to %s already', v_mail.recipient);
    ELSIF v_mail.state IN ('dead', 'expired') AND umws.mail_has_pin(v_mail.kind)
            AND v_mail.generation = v_user.generation AND v_user.verifier IS NOT NULL THEN
        command := umws.reset_command(v_user.login);
        message := format('the mail is %s and its PIN, which holds and has reached nobody, is not kept; to draw and send another: %s',
            v_mail.state, command);
    ELSE
        message := format('the mail is %s, and nothing is left of it to be sent', v_mail.state);
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION umws.outbox_retry_one(uuid) IS 'As outbox_retry(), of one mail.';

CREATE OR REPLACE FUNCTION umws.outbox_retry(p_id uuid, p_state text, p_since text)
    RETURNS TABLE (id uuid, login text, state text, is_due boolean, command text, message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_state text := coalesce(p_state, 'queued');
    v_since timestamptz := CASE WHEN p_since IS NULL THEN '-infinity'
        WHEN p_since LIKE '-%' THEN clock_timestamp() + p_since::interval
        ELSE p_since::timestamptz END;
    v_count bigint := 0;
BEGIN
    PERFORM umws.commit_durably();
    IF p_id IS NOT NULL THEN
        RETURN QUERY SELECT * FROM umws.outbox_retry_one(p_id);
        PERFORM umws.outbox_wake();
        RETURN;
    ELSIF v_state <> 'queued' THEN
        RAISE EXCEPTION 'a mail that is "%" is not tried again: queued, dead or expired', v_state
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    state := v_state;
    WITH waiting AS MATERIALIZED (
        SELECT o.id FROM umws.outbox o
        WHERE o.sealed IS NOT NULL AND o.generation > 0
            AND (o.lease_until IS NULL OR o.lease_until <= clock_timestamp())
            AND o.next_attempt_at > clock_timestamp() AND o.created_at >= v_since
        FOR UPDATE SKIP LOCKED)
    UPDATE umws.outbox o SET next_attempt_at = clock_timestamp()
    FROM waiting w WHERE o.id = w.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count > 0 THEN
        PERFORM umws.audit_act('outbox_retry', NULL, 'outbox', NULL, v_count || ' mails');
    END IF;
    PERFORM umws.outbox_wake();
    is_due := v_count > 0;
    message := format('%s mails that were to wait are due now', v_count);
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION umws.outbox_retry(uuid, text, text) IS
    'Let a mail, or all queued ones since then, be due now. Of one that is dead or expired nothing is left to be sent: command says how to have another PIN where its one still holds. p_since: a time, or "-N s".';
GRANT EXECUTE ON FUNCTION umws.outbox_retry(uuid, text, text) TO umws_admin;

CREATE OR REPLACE FUNCTION umws.outbox_cancel(
        p_id uuid, p_login text, p_reason text,
        OUT id uuid, OUT login text, OUT was_sending boolean, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login   text := p_login;
    v_user    umws.um_user;
    v_mail    umws.outbox;
    v_is_word boolean;
BEGIN
    PERFORM umws.commit_durably();
    IF p_id IS NOT NULL THEN
        SELECT u.login INTO v_login FROM umws.outbox o JOIN umws.um_user u ON u.id = o.user_id
        WHERE o.id = p_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no mail %: umwsctl outbox list shows them all', p_id
                USING ERRCODE = 'no_data_found';
        END IF;
    END IF;
    v_user := umws.user_held(v_login);
    login := v_user.login;
    SELECT * INTO v_mail FROM umws.outbox o
    WHERE o.user_id = v_user.id AND o.sealed IS NOT NULL
        AND CASE WHEN p_id IS NULL THEN umws.mail_has_pin(o.kind) ELSE o.id = p_id END
    LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%', CASE
            WHEN p_id IS NULL AND EXISTS (SELECT FROM umws.outbox o
                    WHERE o.user_id = v_user.id AND o.sealed IS NOT NULL)
                THEN format('no mail of %s with a PIN waits; one that tells what was done to the PIN is withdrawn by its id', login)
            WHEN p_id IS NULL THEN format('no mail of %s waits to be sent', login)
            ELSE format('the mail is %s already',
                (SELECT o.state FROM umws.outbox o WHERE o.id = p_id)) END
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- What was done to a PIN, and where it went, is kept from nobody unnoticed.
    v_is_word := NOT umws.mail_has_pin(v_mail.kind);
    IF v_is_word AND coalesce(btrim(p_reason), '') = '' THEN
        RAISE EXCEPTION 'the mail tells % what was done to the PIN of %: it is withdrawn with --reason alone', v_mail.recipient, login
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    id := v_mail.id;
    was_sending := v_mail.state = 'sending';
    -- The lease stays, as when a newer PIN comes.
    UPDATE umws.outbox o SET state = 'superseded', sealed = NULL,
        last_error = 'withdrawn by an operator'
    WHERE o.id = v_mail.id;
    PERFORM umws.audit_act('outbox_cancel', v_user.id, login,
        umws.policy_name(v_user.policy_id),
        concat_ws(': ', v_mail.id::text || CASE WHEN v_is_word
            THEN format(', of kind %s to %s', v_mail.kind, v_mail.recipient) ELSE '' END,
            nullif(p_reason, '')));
    message := format('the mail to %s is withdrawn%s%s', v_mail.recipient,
        CASE WHEN was_sending THEN ', but a mailer is at it: it may be sent all the same' ELSE '' END,
        CASE WHEN v_is_word THEN '; it had no PIN in it'
            ELSE '; its PIN holds and reaches nobody: to draw and send another: '
                || umws.reset_command(login) END);
END
$$;
COMMENT ON FUNCTION umws.outbox_cancel(uuid, text, text) IS
    'Withdraw a mail that is not sent yet, or with p_login the one of a mailbox that has a PIN in it, which then reaches nobody. One without a PIN, which tells what was done to it, by its id and with a reason alone; the audit names its kind and address.';
GRANT EXECUTE ON FUNCTION umws.outbox_cancel(uuid, text, text) TO umws_admin;

RESET ROLE;
