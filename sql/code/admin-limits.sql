-- admin-limits.sql - what operators do to the limits that hold whatever the
-- policy. A column of umws.limits is a limit: its name gives the key, its
-- comment the sentence.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE VIEW umws.v_limits AS
SELECT replace(initcap(replace(a.attname, '_', ' ')), ' ', '') AS key,
    (to_jsonb(l) ->> a.attname)::integer AS value,
    col_description(a.attrelid, a.attnum) AS meaning, a.attnum::integer AS position
FROM umws.limits l CROSS JOIN pg_attribute a
WHERE a.attrelid = 'umws.limits'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attname <> 'is_only';
COMMENT ON VIEW umws.v_limits IS 'The limits, a row each.';
COMMENT ON COLUMN umws.v_limits.key IS 'What umwsctl calls it: the column of umws.limits without underscores.';
COMMENT ON COLUMN umws.v_limits.value IS 'How many; 0 = no limit.';
COMMENT ON COLUMN umws.v_limits.meaning IS 'What is counted.';
COMMENT ON COLUMN umws.v_limits.position IS 'In which order they are shown.';
GRANT SELECT ON umws.v_limits TO umws_admin;

CREATE OR REPLACE FUNCTION umws.limits_set(p_settings jsonb)
    RETURNS TABLE (key text, old_value integer, new_value integer, message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit   record;
    v_setting text;
    v_value   text;
    v_seen    text[] := '{}';
BEGIN
    PERFORM umws.commit_durably();
    PERFORM FROM umws.limits l FOR UPDATE;
    FOR v_setting IN SELECT jsonb_array_elements_text(p_settings) LOOP
        SELECT v.key, v.value, a.attname INTO v_limit
        FROM umws.v_limits v JOIN pg_attribute a
            ON a.attrelid = 'umws.limits'::regclass AND a.attnum = v.position
        WHERE lower(v.key) = lower(split_part(v_setting, '=', 1)) AND strpos(v_setting, '=') > 0;
        IF NOT FOUND THEN
            RAISE EXCEPTION '"%" is no KEY=VALUE of a limit; the keys are %', left(v_setting, 60),
                (SELECT string_agg(v.key, ', ' ORDER BY v.position) FROM umws.v_limits v)
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        IF v_limit.key = ANY (v_seen) THEN
            RAISE EXCEPTION '% is given twice: which one holds?', v_limit.key
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        v_seen := v_seen || v_limit.key::text;
        v_value := substr(v_setting, strpos(v_setting, '=') + 1);
        IF lower(v_value) IN ('off', 'unlimited') THEN
            v_value := '0';
        END IF;
        IF v_value !~ '^[0-9]{1,7}$' OR v_value::integer > 1000000 THEN
            RAISE EXCEPTION '% is 1 to 1000000, or off, not "%"', v_limit.key, left(v_value, 60)
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        EXECUTE format('UPDATE umws.limits SET %I = $1', v_limit.attname) USING v_value::integer;
        key := v_limit.key;
        old_value := v_limit.value;
        new_value := v_value::integer;
        message := format('%s %s', key, CASE
            WHEN old_value = new_value THEN format('is %s, as before',
                coalesce(nullif(v_value, '0'), 'off'))
            ELSE format('%s -> %s', coalesce(nullif(old_value, 0)::text, 'off'),
                coalesce(nullif(new_value, 0)::text, 'off')) END);
        RETURN NEXT;
    END LOOP;
    PERFORM umws.audit_act('limits_set', NULL, 'limits', NULL,
        (SELECT string_agg(s, ' ') FROM jsonb_array_elements_text(p_settings) AS s));
END
$$;
COMMENT ON FUNCTION umws.limits_set(jsonb) IS
    'Change limits: an array of KEY=VALUE, keys as in v_limits, off = 0. A row for each.';
GRANT EXECUTE ON FUNCTION umws.limits_set(jsonb) TO umws_admin;

RESET ROLE;
