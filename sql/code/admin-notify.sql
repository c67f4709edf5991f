-- admin-notify.sql - mails that operators have sent to many: that a PIN will
-- expire.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.is_expiring(
        p_user umws.um_user, p_lockout_duration_s integer, p_now timestamptz)
    RETURNS boolean
    LANGUAGE sql STABLE
AS $$
    SELECT p_user.verifier IS NOT NULL AND NOT p_user.pin_locked AND NOT p_user.reset_due
        AND NOT umws.is_locked_out(p_user, p_lockout_duration_s, p_now)
$$;
COMMENT ON FUNCTION umws.is_expiring(umws.um_user, integer, timestamptz) IS
    'Can the user of a mailbox whose PIN will expire change it before? Not one that is locked.';

CREATE OR REPLACE FUNCTION umws.notify_expiring(
        p_days integer, p_limit integer, OUT told bigint, OUT is_done boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now   timestamptz := clock_timestamp();
    v_until timestamptz := v_now + make_interval(hours => 24 * p_days);
    v_ids   bigint[];
BEGIN
    PERFORM umws.commit_durably();
    IF p_days IS NULL OR p_days NOT BETWEEN 1 AND 90 OR p_limit IS NULL
            OR p_limit NOT BETWEEN 0 AND 10000 THEN
        RAISE EXCEPTION 'days are 1 to 90, mails at once 0 to 10000'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- The first words are those of the index um_user_expiring.
    IF p_limit = 0 THEN
        SELECT count(*) INTO told FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
        WHERE u.um_enabled AND NOT u.must_change AND NOT u.is_expiry_told
            AND u.expires_at > v_now AND u.expires_at <= v_until
            AND umws.is_expiring(u, p.lockout_duration_s, v_now);
        is_done := true;
        RETURN;
    END IF;
    v_ids := ARRAY(
        SELECT u.id FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
        WHERE u.um_enabled AND NOT u.must_change AND NOT u.is_expiry_told
            AND u.expires_at > v_now AND u.expires_at <= v_until
            AND umws.is_expiring(u, p.lockout_duration_s, v_now)
        ORDER BY u.expires_at LIMIT p_limit);
    is_done := cardinality(v_ids) < p_limit;
    PERFORM FROM umws.um_user u WHERE u.id = ANY (v_ids) ORDER BY u.id FOR UPDATE;
    -- Under the lock: whom another one has told meanwhile is not told again.
    WITH due AS (
        UPDATE umws.um_user u SET is_expiry_told = true FROM umws.policy p
        WHERE u.id = ANY (v_ids) AND p.id = u.policy_id
            AND u.um_enabled AND NOT u.must_change AND NOT u.is_expiry_told
            AND u.expires_at > v_now AND u.expires_at <= v_until
            AND umws.is_expiring(u, p.lockout_duration_s, v_now)
        RETURNING u.id)
    SELECT coalesce(array_agg(d.id), '{}') INTO v_ids FROM due d;
    told := cardinality(v_ids);
    IF told > 0 THEN
        PERFORM umws.mail_tell(v_ids, 'expiring', v_now, NULL);
        PERFORM umws.audit_act('notify_expiring', NULL, 'outbox', NULL,
            format('%s mails, PINs that expire within %s days', told, p_days));
    END IF;
END
$$;
COMMENT ON FUNCTION umws.notify_expiring(integer, integer) IS
    'Queue a mail for up to p_limit users whose own PIN expires within p_days, the first ones first, and once in the life of each PIN; p_limit 0: only count them. A drawn PIN has to be changed at the next logon in any case, and one that is locked cannot be. is_done: there are no more.';
GRANT EXECUTE ON FUNCTION umws.notify_expiring(integer, integer) TO umws_admin;

RESET ROLE;
