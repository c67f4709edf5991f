-- zone.sql - time zones: which there are, and the clock and the language of
-- who will read a mail, kept in its row.

SET LOCAL ROLE umws_owner;

-- Names of places alone: AT TIME ZONE takes anything, "foo" and "EST" too, and
-- an abbreviation has no summer time.
CREATE OR REPLACE FUNCTION umws.zone_complaints(p_zones text[])
    RETURNS TABLE (zone text, complaint text)
    LANGUAGE sql STABLE
AS $$
    -- Materialised: each look at the view reads a thousand files.
    WITH known AS MATERIALIZED (
        SELECT n.name FROM pg_catalog.pg_timezone_names n
        WHERE n.name = 'UTC' OR (n.name LIKE '%/%'
            AND n.name NOT LIKE ALL (ARRAY['posix/%', 'right/%', 'SystemV/%'])))
    SELECT z.zone, CASE WHEN k.name IS NOT NULL
        THEN format('time zone "%s" is written %s', z.zone, k.name)
        ELSE format('time zone "%s" is no place that the tz database of PostgreSQL has: give one such as Europe/Berlin, or UTC', z.zone) END
    FROM unnest(p_zones) AS z (zone) LEFT JOIN known k ON lower(k.name) = lower(z.zone)
    WHERE k.name IS DISTINCT FROM z.zone
$$;
COMMENT ON FUNCTION umws.zone_complaints(text[]) IS
    'Which of these are no time zones, with a sentence each. A zone is a name of the tz database with its capitals, as Europe/Berlin, or UTC; no abbreviation, no rule of POSIX. Takes a tenth of a second.';

-- A mail that is tried again is the same to the byte: what it is written by is
-- decided once, when it is queued, whoever queues it; not again for a row that
-- comes from a dump, nor for one that is final from the start.
CREATE OR REPLACE FUNCTION umws.outbox_reader() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    -- What the body sets ends with it.
    SET timezone = 'UTC'
AS $$
DECLARE
    v_zones text[];
    v_zone  text;
BEGIN
    SELECT coalesce(NEW.locale, u.locale, p.default_language), p.default_language,
        array_remove(ARRAY[u.time_zone::text, nullif(p.time_zone, '')], NULL)
    INTO NEW.locale, NEW.default_language, v_zones
    FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    WHERE u.id = NEW.user_id;
    NEW.created_zone := 'UTC';
    FOREACH v_zone IN ARRAY coalesce(v_zones, ARRAY[]::text[]) LOOP
        BEGIN
            PERFORM set_config('TimeZone', v_zone, true);
            NEW.created_offset_s := extract(timezone FROM NEW.created_at);
            NEW.created_zone := to_char(NEW.created_at, 'TZ');
            NEW.pin_expires_offset_s := coalesce(extract(timezone FROM NEW.pin_expires_at), 0);
            NEW.pin_expires_zone := coalesce(to_char(NEW.pin_expires_at, 'TZ'), '');
            NEW.temporary_offset_s := coalesce(extract(timezone FROM NEW.temporary_until), 0);
            NEW.temporary_zone := coalesce(to_char(NEW.temporary_until, 'TZ'), '');
            EXIT;
        EXCEPTION WHEN invalid_parameter_value THEN
            -- It was known when it was set. No reset fails for that: what the
            -- next one says is right, too.
        END;
    END LOOP;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION umws.outbox_reader() IS
    'By which language and whose clock a mail is written: the mailbox''s, else the policy''s, else UTC.';
CREATE OR REPLACE TRIGGER outbox_reader BEFORE INSERT ON umws.outbox
    FOR EACH ROW WHEN (NEW.sealed IS NOT NULL AND NEW.created_zone = '')
    EXECUTE FUNCTION umws.outbox_reader();

RESET ROLE;
