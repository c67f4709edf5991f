-- 0006-baseline.sql - roles, domains, tables, indexes.
--
-- Applied by "umwsctl db upgrade" inside its transaction, the first time by
-- a superuser: only one may create roles and set log_parameter_max_length.
-- Everything in the schema belongs to umws_owner, whom nobody logs in as.
--
-- The numbers before this one were of versions before the first release;
-- nothing leads from them to here.

DO $$
BEGIN
    IF getdatabaseencoding() <> 'UTF8' THEN
        RAISE EXCEPTION 'the encoding of this database is %: umws wants UTF8',
            getdatabaseencoding();
    END IF;
    IF to_regrole('umws_owner') IS NULL THEN
        CREATE ROLE umws_owner NOLOGIN;
    END IF;
    IF to_regrole('umws_worker') IS NULL THEN
        CREATE ROLE umws_worker LOGIN;
    END IF;
    IF to_regrole('umws_mailer') IS NULL THEN
        CREATE ROLE umws_mailer LOGIN;
    END IF;
    IF to_regrole('umws_admin') IS NULL THEN
        CREATE ROLE umws_admin LOGIN;
    END IF;
    IF to_regrole('umws_helpdesk') IS NULL THEN
        CREATE ROLE umws_helpdesk LOGIN;
    END IF;
END
$$;

-- Server-side limits stand behind the deadlines of the programs; they hold
-- for a session whose program has died. Parameters are never logged.
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['umws_worker', 'umws_mailer', 'umws_admin', 'umws_helpdesk']
    LOOP
        EXECUTE format('ALTER ROLE %I SET default_transaction_isolation = ''read committed''', v_role);
        -- A commit that did not reach its standby is told by a warning alone.
        EXECUTE format('ALTER ROLE %I SET client_min_messages = warning', v_role);
        -- Operators and functions are those of PostgreSQL, whatever else the
        -- search path of the database finds first.
        EXECUTE format('ALTER ROLE %I SET search_path = pg_catalog, pg_temp', v_role);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length = 0', v_role);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', v_role);
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''30s''', v_role);
    END LOOP;
    FOREACH v_role IN ARRAY ARRAY['umws_worker', 'umws_mailer']
    LOOP
        EXECUTE format('ALTER ROLE %I SET statement_timeout = ''10s''', v_role);
        EXECUTE format('ALTER ROLE %I SET lock_timeout = ''3s''', v_role);
        -- Every query of theirs is by key. A plan is made once per session,
        -- perhaps on an empty table, and must be right on a full one.
        EXECUTE format('ALTER ROLE %I SET plan_cache_mode = force_generic_plan', v_role);
        EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', v_role);
        -- What is off is priced at ten thousand million, so that reading a
        -- table of one row looks worth compiling: 0.2 s and more.
        EXECUTE format('ALTER ROLE %I SET jit = off', v_role);
    END LOOP;
END
$$;

CREATE SCHEMA umws AUTHORIZATION umws_owner;
COMMENT ON SCHEMA umws IS
    'Voice mail PINs: users, policies, history, outbox and audit of umws.';
GRANT USAGE ON SCHEMA umws TO umws_worker, umws_mailer, umws_admin, umws_helpdesk;

-- Before the first function is made: PUBLIC has EXECUTE otherwise.
ALTER DEFAULT PRIVILEGES FOR ROLE umws_owner
    REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

SET LOCAL ROLE umws_owner;

CREATE TABLE umws.schema_info (
    is_only         boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version         integer NOT NULL,
    oldest_program  integer NOT NULL,
    upgraded_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE umws.schema_info IS
    'One row: which schema this is. A program built for version n runs if oldest_program <= n <= version.';
COMMENT ON COLUMN umws.schema_info.is_only IS 'Keeps the table at one row.';
COMMENT ON COLUMN umws.schema_info.version IS 'Number of the last file of sql/schema that was applied.';
COMMENT ON COLUMN umws.schema_info.oldest_program IS 'The oldest schema version whose programs still work here.';
COMMENT ON COLUMN umws.schema_info.upgraded_at IS 'When that was.';

CREATE TABLE umws.limits (
    is_only                     boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    resets_per_address_hour     integer NOT NULL DEFAULT 120 
        CHECK (resets_per_address_hour BETWEEN 0 AND 1000000),
    resets_per_minute           integer NOT NULL DEFAULT 600 
        CHECK (resets_per_minute BETWEEN 0 AND 1000000),
    changes_per_user_hour       integer NOT NULL DEFAULT 60 
        CHECK (changes_per_user_hour BETWEEN 0 AND 1000000),
    logon_failures_per_minute   integer NOT NULL DEFAULT 60
        CHECK (logon_failures_per_minute BETWEEN 0 AND 1000000),
    helpdesk_resets_per_hour    integer NOT NULL DEFAULT 60
        CHECK (helpdesk_resets_per_hour BETWEEN 0 AND 1000000)
);
COMMENT ON TABLE umws.limits IS 'One row: limits that hold whatever the policy.';
COMMENT ON COLUMN umws.limits.is_only IS 'Keeps the table at one row.';
COMMENT ON COLUMN umws.limits.resets_per_address_hour IS
    'Own resets per hour and client address (IPv6: /64); 0 = no limit.';
COMMENT ON COLUMN umws.limits.resets_per_minute IS
    'Own resets per minute over all mailboxes; 0 = no limit.';
COMMENT ON COLUMN umws.limits.changes_per_user_hour IS
    'Properties set per hour and mailbox; 0 = no limit.';
COMMENT ON COLUMN umws.limits.logon_failures_per_minute IS
    'Failed logons by phone per minute and service account, over all mailboxes; 0 = no limit.';
COMMENT ON COLUMN umws.limits.helpdesk_resets_per_hour IS
    'Resets of the PINs of others per hour and help desk caller of the web service; 0 = no limit.';
INSERT INTO umws.limits DEFAULT VALUES;

CREATE TABLE umws.address_check (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    at      timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON TABLE umws.address_check IS 'One row: when workers last looked whether most resets come from one address.';
COMMENT ON COLUMN umws.address_check.is_only IS 'Keeps the table at one row.';
COMMENT ON COLUMN umws.address_check.at IS 'When that was.';
INSERT INTO umws.address_check DEFAULT VALUES;

CREATE DOMAIN umws.display_name AS text
    CONSTRAINT um_user_display_name_check
    -- As character_misleads() has it: what turns the text around, and what is no character.
    CHECK (char_length(VALUE) <= 128
        AND VALUE !~ ('[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff'
            '\U0001fffe-\U0001ffff\U0002fffe-\U0002ffff\U0003fffe-\U0003ffff\U0004fffe-\U0004ffff'
            '\U0005fffe-\U0005ffff\U0006fffe-\U0006ffff\U0007fffe-\U0007ffff\U0008fffe-\U0008ffff'
            '\U0009fffe-\U0009ffff\U000afffe-\U000affff\U000bfffe-\U000bffff\U000cfffe-\U000cffff'
            '\U000dfffe-\U000dffff\U000efffe-\U000effff\U000ffffe-\U000fffff\U0010fffe-\U0010ffff]'));
COMMENT ON DOMAIN umws.display_name IS 'A name as a mail shows it.';

-- A text of a mail in several languages: an object of strings by language
-- tag. In a regular expression nothing is counted beyond 255.
CREATE DOMAIN umws.texts AS jsonb
    CONSTRAINT policy_texts_check
    CHECK (jsonb_typeof(VALUE) = 'object' AND octet_length(VALUE::text) <= 65536
        AND NOT VALUE @? '$.keyvalue() ? (
            !(@.key like_regex "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
            || @.value.type() != "string"
            || @.value like_regex "^.{255}.{255}.{3}" flag "s")');
COMMENT ON DOMAIN umws.texts IS 'Texts by language, a JSON object: {"de": "...", "pt-BR": "..."}; 512 characters each.';

CREATE TABLE umws.policy (
    id                          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name                        text NOT NULL UNIQUE
        CHECK (name ~ '^[[:alnum:]._ -]{1,64}$'),
    min_pin_length              integer NOT NULL DEFAULT 6
        CHECK (min_pin_length BETWEEN 4 AND 24),
    pin_lifetime_days           integer NOT NULL DEFAULT 60
        CHECK (pin_lifetime_days BETWEEN 0 AND 999),
    pin_history_count           integer NOT NULL DEFAULT 5
        CHECK (pin_history_count BETWEEN 1 AND 20),
    allow_common_patterns       boolean NOT NULL DEFAULT false,
    refuse_extension_parts      boolean NOT NULL DEFAULT false,
    min_different_digits        integer NOT NULL DEFAULT 0
        CHECK (min_different_digits BETWEEN 0 AND 10),
    max_digit_in_a_row          integer NOT NULL DEFAULT 0
        CHECK (max_digit_in_a_row BETWEEN 0 AND 24),
    refuse_repeated_groups      boolean NOT NULL DEFAULT false,
    refuse_keypad_lines         boolean NOT NULL DEFAULT false,
    refuse_dates                boolean NOT NULL DEFAULT false,
    refuse_names                boolean NOT NULL DEFAULT false,
    refuse_most_used            boolean NOT NULL DEFAULT true,
    blocked_pins                text NOT NULL DEFAULT ''
        CHECK (blocked_pins ~ '^([0-9]{4,24}(,[0-9]{4,24})*)?$'
            AND char_length(blocked_pins) <= 2000),
    min_pin_age_s               integer NOT NULL DEFAULT 0
        CHECK (min_pin_age_s BETWEEN 0 AND 31536000),
    logon_failures_before_reset integer NOT NULL DEFAULT 5
        CHECK (logon_failures_before_reset BETWEEN 0 AND 998),
    max_logon_attempts          integer NOT NULL DEFAULT 15
        CHECK (max_logon_attempts BETWEEN 1 AND 999),
    lockout_duration_s          integer NOT NULL DEFAULT 0
        CHECK (lockout_duration_s BETWEEN 0 AND 31536000),
    default_language            text NOT NULL DEFAULT 'en'
        CHECK (default_language ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$'),
    time_zone                   text NOT NULL DEFAULT ''
        CHECK (time_zone ~ '^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$'
            AND octet_length(time_zone) <= 64),
    temp_pin_lifetime_days      integer NOT NULL DEFAULT 7
        CHECK (temp_pin_lifetime_days BETWEEN 0 AND 90),
    reset_pin_text              text NOT NULL DEFAULT ''
        CHECK (char_length(reset_pin_text) <= 512),
    um_enabled_text             text NOT NULL DEFAULT ''
        CHECK (char_length(um_enabled_text) <= 512),
    reset_pin_texts             umws.texts NOT NULL DEFAULT '{}',
    um_enabled_texts            umws.texts NOT NULL DEFAULT '{}',
    brand_name                  umws.display_name NOT NULL DEFAULT ''
        CHECK (char_length(brand_name) <= 64),
    brand_color                 text NOT NULL DEFAULT ''
        CHECK (brand_color ~ '^(#[0-9a-f]{6})?$'),
    resets_per_hour             integer NOT NULL DEFAULT 5
        CHECK (resets_per_hour >= 0),
    resets_per_day              integer NOT NULL DEFAULT 10
        CHECK (resets_per_day >= 0),
    access_numbers              text NOT NULL DEFAULT ''
        CHECK (char_length(access_numbers) <= 200
            AND access_numbers !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    help_desk_contact           text NOT NULL DEFAULT ''
        CHECK (char_length(help_desk_contact) <= 200
            AND help_desk_contact !~ '^ | $|[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]'),
    notify_change               boolean NOT NULL DEFAULT true,
    notify_locked               boolean NOT NULL DEFAULT true,
    allow_notify_address        boolean NOT NULL DEFAULT false,
    rules                       text NOT NULL GENERATED ALWAYS AS (
        'min_pin_length=' || min_pin_length::text
        || ' allow_common_patterns=' || CASE WHEN allow_common_patterns THEN 't' ELSE 'f' END
        || ' refuse_extension_parts=' || CASE WHEN refuse_extension_parts THEN 't' ELSE 'f' END
        || ' min_different_digits=' || min_different_digits::text
        || ' max_digit_in_a_row=' || max_digit_in_a_row::text
        || ' refuse_repeated_groups=' || CASE WHEN refuse_repeated_groups THEN 't' ELSE 'f' END
        || ' refuse_keypad_lines=' || CASE WHEN refuse_keypad_lines THEN 't' ELSE 'f' END
        || ' refuse_dates=' || CASE WHEN refuse_dates THEN 't' ELSE 'f' END
        || ' refuse_names=' || CASE WHEN refuse_names THEN 't' ELSE 'f' END
        || ' refuse_most_used=' || CASE WHEN refuse_most_used THEN 't' ELSE 'f' END
        || ' blocked_pins=' || blocked_pins
        || ' min_pin_age_s=' || min_pin_age_s::text
        ) STORED,
    CONSTRAINT policy_reset_before_lockout
        CHECK (logon_failures_before_reset < max_logon_attempts),
    CONSTRAINT policy_age_before_expiry
        CHECK (pin_lifetime_days <= 0 OR min_pin_age_s < pin_lifetime_days * 86400)
);
COMMENT ON TABLE umws.policy IS
    'Named PIN policies (Exchange''s UM mailbox policy), limits and mail texts.';
COMMENT ON COLUMN umws.policy.id IS 'Key.';
COMMENT ON COLUMN umws.policy.name IS 'What operators call it; "default" always exists.';
COMMENT ON COLUMN umws.policy.min_pin_length IS 'MinPINLength, digits; a drawn PIN has exactly this many.';
COMMENT ON COLUMN umws.policy.pin_lifetime_days IS 'PINLifetime, days until a change is forced; 0 = unlimited.';
COMMENT ON COLUMN umws.policy.pin_history_count IS 'PINHistoryCount: that many last PINs, the current one included, are refused.';
COMMENT ON COLUMN umws.policy.allow_common_patterns IS 'AllowCommonPatterns: accept 1234 and 1111.';
COMMENT ON COLUMN umws.policy.refuse_extension_parts IS 'RefuseExtensionParts: refuse the last four digits of the extension, either way.';
COMMENT ON COLUMN umws.policy.min_different_digits IS 'MinDifferentDigits: so many different digits at least; 0 = off.';
COMMENT ON COLUMN umws.policy.max_digit_in_a_row IS 'MaxDigitInARow: no digit more often than this in a row; 0 = off.';
COMMENT ON COLUMN umws.policy.refuse_repeated_groups IS 'RefuseRepeatedGroups: refuse 408408.';
COMMENT ON COLUMN umws.policy.refuse_keypad_lines IS 'RefuseKeypadLines: refuse 2580, 159 and 1397.';
COMMENT ON COLUMN umws.policy.refuse_dates IS 'RefuseDates: refuse days and years.';
COMMENT ON COLUMN umws.policy.refuse_names IS 'RefuseNames: refuse login and name as spelled on the keypad.';
COMMENT ON COLUMN umws.policy.refuse_most_used IS 'RefuseMostUsed: refuse the most used PINs of published studies.';
COMMENT ON COLUMN umws.policy.blocked_pins IS 'BlockedPINs: PINs that are refused, parted by commas.';
COMMENT ON COLUMN umws.policy.min_pin_age_s IS 'MinPINAge, seconds: no change by the user sooner after the last one; 0 = off.';
COMMENT ON COLUMN umws.policy.logon_failures_before_reset IS 'LogonFailuresBeforePINReset: failed logons until the PIN is reset by itself; 0 = off.';
COMMENT ON COLUMN umws.policy.max_logon_attempts IS 'MaxLogonAttempts: failed logons until the mailbox is locked out.';
COMMENT ON COLUMN umws.policy.lockout_duration_s IS 'LockoutDuration, seconds; 0 = until an administrator ends it.';
COMMENT ON COLUMN umws.policy.default_language IS 'DefaultLanguage: that of the mails to mailboxes without a locale, a BCP 47 tag.';
COMMENT ON COLUMN umws.policy.time_zone IS 'TimeZone: that of mailboxes without one of their own, a name of the tz database; empty = UTC.';
COMMENT ON COLUMN umws.policy.temp_pin_lifetime_days IS 'TempPINLifetime: days in which a drawn PIN must be changed; 0 = no end.';
COMMENT ON COLUMN umws.policy.reset_pin_text IS 'ResetPINText: simple HTML added to the reset mail.';
COMMENT ON COLUMN umws.policy.um_enabled_text IS 'UMEnabledText: simple HTML added to the welcome mail.';
COMMENT ON COLUMN umws.policy.reset_pin_texts IS 'ResetPINText[LANGUAGE]: in its place where the mailbox has such a locale.';
COMMENT ON COLUMN umws.policy.um_enabled_texts IS 'UMEnabledText[LANGUAGE]: likewise.';
COMMENT ON COLUMN umws.policy.brand_name IS 'BrandName: the house that mails come from, as they show it; empty = none.';
COMMENT ON COLUMN umws.policy.brand_color IS 'BrandColor: its colour in them, #rrggbb; empty = none.';
COMMENT ON COLUMN umws.policy.resets_per_hour IS 'Own resets per hour and mailbox; 0 = no limit.';
COMMENT ON COLUMN umws.policy.resets_per_day IS 'Own resets per day and mailbox; 0 = no limit.';
COMMENT ON COLUMN umws.policy.access_numbers IS 'Telephone numbers of the voice mail system, as the mail shows them.';
COMMENT ON COLUMN umws.policy.help_desk_contact IS 'HelpDeskContact: how to reach the help desk, as the mail shows it; empty = the mail speaks of none.';
COMMENT ON COLUMN umws.policy.notify_change IS 'NotifyChange: a PIN changed by phone, or set by an operator, is told by a mail, which does not hold it.';
COMMENT ON COLUMN umws.policy.notify_locked IS 'NotifyLocked: a mail tells that failed logons have locked the mailbox out, one in 24 hours at most.';
COMMENT ON COLUMN umws.policy.allow_notify_address IS 'AllowNotifyAddress: an operator may have a new PIN mailed to another address than the user''s.';
COMMENT ON COLUMN umws.policy.rules IS 'All that a PIN is drawn by, as the worker reads it (core/policy): name=value, parted by blanks.';
INSERT INTO umws.policy (name) VALUES ('default');

-- A CHECK of a table is read and computed again at every UPDATE, whichever
-- columns that sets; a CHECK of a domain only where a column is assigned. So
-- a reset does not pay for what a mail address looks like.
CREATE DOMAIN umws.login AS text
    CONSTRAINT um_user_login_check
    CHECK (VALUE <> '' AND octet_length(VALUE) <= 256
        AND VALUE = lower(VALUE COLLATE "C") AND VALUE IS NFC NORMALIZED
        AND VALUE !~ '^ | $|[\u0001-\u001f\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff\uff01-\uff5e]');
CREATE DOMAIN umws.mail_address AS text
    CONSTRAINT um_user_email_check
    CHECK (octet_length(VALUE) <= 254
        AND VALUE ~ '^[^@\s"(),:;<>\[\]\\\u0001-\u0020\u007f-\u00a0]+@[^@\s"(),:;<>\[\]\\\u0001-\u0020\u007f-\u00a0]+$'
        AND VALUE !~ '^\.|\.\.|\.@|@[.-]|[.-]$|@.*(\.-|-\.)'
        AND VALUE !~ '[\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]'
        AND octet_length(split_part(VALUE, '@', 1)) <= 64);
CREATE DOMAIN umws.extension AS text
    CONSTRAINT um_user_extension_check CHECK (VALUE ~ '^[0-9]{1,20}$');
CREATE DOMAIN umws.locale AS text
    CONSTRAINT um_user_locale_check
    CHECK (VALUE ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$');
-- The form alone; that there is such a zone is looked at where it is set.
CREATE DOMAIN umws.time_zone AS text
    CONSTRAINT um_user_time_zone_check
    CHECK (VALUE ~ '^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$' AND octet_length(VALUE) <= 64);
-- Not by a regular expression: this one is computed for every reset.
CREATE DOMAIN umws.verifier AS text
    CONSTRAINT um_user_verifier_check
    CHECK (VALUE LIKE '$argon2id$v=19$_%$_%$_%'
        AND VALUE NOT LIKE '$argon2id$v=19$%$%$%$%');
-- A complaint about these does not show the row, its verifier included, as one
-- about a CHECK of the table would.
CREATE DOMAIN umws.dial_string AS text
    CONSTRAINT um_user_play_on_phone_dial_string_check
    CHECK (octet_length(VALUE) <= 128
        AND VALUE !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]');
CREATE DOMAIN umws.folder_id AS text
    CONSTRAINT um_user_telephone_access_folder_email_check
    CHECK (octet_length(VALUE) <= 512 AND VALUE ~ '^[A-Za-z0-9+/]*={0,2}$');
CREATE DOMAIN umws.sync_mark AS text
    CONSTRAINT um_user_synced_check CHECK (VALUE IN ('here', 'gone'));
CREATE DOMAIN umws.mail_kind AS text
    CONSTRAINT outbox_kind_check CHECK (VALUE IN ('reset', 'auto', 'admin', 'welcome', 'elsewhere', 'set', 'changed',
        'expiring', 'locked'));
CREATE DOMAIN umws.mail_state AS text
    CONSTRAINT outbox_state_check
    CHECK (VALUE IN ('queued', 'sending', 'sent', 'superseded', 'expired', 'dead'));
CREATE DOMAIN umws.mail_error AS text
    CONSTRAINT outbox_last_error_check CHECK (octet_length(VALUE) <= 500);
COMMENT ON DOMAIN umws.login IS 'A name as the web server authenticates it, in the normal form that the programs look for; what is checked here keeps out what could never be that.';
COMMENT ON DOMAIN umws.mail_address IS 'What a mail can be sent to.';
COMMENT ON DOMAIN umws.extension IS 'A telephone extension, digits.';
COMMENT ON DOMAIN umws.locale IS 'A BCP 47 language tag.';
COMMENT ON DOMAIN umws.time_zone IS 'A name of the tz database, as Europe/Berlin.';
COMMENT ON DOMAIN umws.verifier IS 'Argon2id as a PHC string.';
COMMENT ON DOMAIN umws.dial_string IS 'A number as a user writes it.';
COMMENT ON DOMAIN umws.folder_id IS 'A MAPI id in base64.';
COMMENT ON DOMAIN umws.sync_mark IS 'What the last sync has found of a mailbox.';
COMMENT ON DOMAIN umws.mail_kind IS 'What a mail is about.';
COMMENT ON DOMAIN umws.mail_state IS 'How far a mail has come.';
COMMENT ON DOMAIN umws.mail_error IS 'What a mail server said, or what we say of it.';

CREATE TABLE umws.um_user (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login           umws.login NOT NULL UNIQUE,
    email           umws.mail_address NOT NULL,
    display_name    umws.display_name NOT NULL DEFAULT '',
    extension       umws.extension,
    locale          umws.locale,
    time_zone       umws.time_zone,
    policy_id       integer NOT NULL REFERENCES umws.policy,
    um_enabled      boolean NOT NULL DEFAULT true,
    synced          umws.sync_mark,
    pin_key_id      text,
    verifier        umws.verifier,
    generation      bigint NOT NULL DEFAULT 0,
    set_at          timestamptz,
    expires_at      timestamptz,
    temporary_until timestamptz,
    must_change     boolean NOT NULL DEFAULT false,
    is_first_time   boolean NOT NULL DEFAULT true,
    pin_locked      boolean NOT NULL DEFAULT false,
    locked_out_at   timestamptz,
    locked_by_admin boolean NOT NULL DEFAULT false,
    failed_logons   integer NOT NULL DEFAULT 0,
    failed_logons_at_step integer NOT NULL DEFAULT 0,
    reset_due       boolean NOT NULL DEFAULT false,
    is_expiry_told  boolean NOT NULL DEFAULT false,
    oof_status      boolean NOT NULL DEFAULT false,
    missed_call_notification_enabled boolean NOT NULL DEFAULT true,
    play_on_phone_dial_string       umws.dial_string NOT NULL DEFAULT '',
    telephone_access_folder_email   umws.folder_id NOT NULL DEFAULT '',
    CHECK ((verifier IS NULL) = (pin_key_id IS NULL)),
    CHECK (locked_out_at IS NOT NULL OR NOT locked_by_admin)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX um_user_extension ON umws.um_user (extension) WHERE um_enabled;
CREATE INDEX um_user_extension_disabled ON umws.um_user (extension) WHERE NOT um_enabled;
-- Whom notify_expiring() may have to tell, and nobody whom it has told.
CREATE INDEX um_user_expiring ON umws.um_user (expires_at)
    WHERE expires_at IS NOT NULL AND um_enabled AND NOT must_change AND NOT is_expiry_told;
CREATE INDEX um_user_email ON umws.um_user (lower(email COLLATE "C"));
-- Words of names, for the help desk that looks for somebody. Not in sql/code:
-- an index is computed by it, and would have to be made anew with it. What
-- parts words is taken out before, since to_tsvector() sees paths, hosts, tags
-- and numbers with a sign there, and not the words in them.
CREATE FUNCTION umws.name_words(p_text text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT to_tsvector('pg_catalog.simple',
        translate(normalize(p_text), '-./@_<>&:;+', '           '))
$$;
COMMENT ON FUNCTION umws.name_words(text) IS
    'The words of a name, or of a text that a name is looked for by.';
CREATE INDEX um_user_words ON umws.um_user USING gin (umws.name_words(display_name));
COMMENT ON TABLE umws.um_user IS 'Voice mailboxes and the state of their PINs; no PIN stands here.';
COMMENT ON COLUMN umws.um_user.id IS 'Key; part of what a verifier is made of, so it never changes.';
COMMENT ON COLUMN umws.um_user.login IS 'The name the web server authenticates, in its normal form (PRECIS UsernameCaseMapped).';
COMMENT ON COLUMN umws.um_user.email IS 'Where its mails go.';
COMMENT ON COLUMN umws.um_user.display_name IS 'The name in the mail''s To field.';
COMMENT ON COLUMN umws.um_user.extension IS 'Telephone extension, digits; unique among enabled mailboxes.';
COMMENT ON COLUMN umws.um_user.locale IS 'Language of the mails, a BCP 47 tag; NULL = the policy''s.';
COMMENT ON COLUMN umws.um_user.time_zone IS 'By whose clock mails show times; NULL = the policy''s.';
COMMENT ON COLUMN umws.um_user.policy_id IS 'The PIN policy that holds for this mailbox.';
COMMENT ON COLUMN umws.um_user.um_enabled IS 'False: the mailbox has no voice mail; ResetPIN says so.';
COMMENT ON COLUMN umws.um_user.synced IS 'here: a sync has had a row for it, and disables it when there is none any more; gone: it has done so, and enables it again when there is one; NULL: no sync has had one, and none disables it.';
COMMENT ON COLUMN umws.um_user.pin_key_id IS 'Id of the pepper under which verifier was made.';
COMMENT ON COLUMN umws.um_user.verifier IS 'Argon2id of the keyed PIN as a PHC string; NULL without a PIN.';
COMMENT ON COLUMN umws.um_user.generation IS 'Counts the PINs of this mailbox, from 1.';
COMMENT ON COLUMN umws.um_user.set_at IS 'When the current PIN was set.';
COMMENT ON COLUMN umws.um_user.expires_at IS 'When a change is forced (PINLifetime); NULL = never.';
COMMENT ON COLUMN umws.um_user.temporary_until IS 'Until when a drawn PIN opens the mailbox (TempPINLifetime); NULL = no end.';
COMMENT ON COLUMN umws.um_user.must_change IS 'The PIN was drawn by us, or set by an operator, and must be changed at the next logon.';
COMMENT ON COLUMN umws.um_user.is_first_time IS 'The user has never set a PIN of their own.';
COMMENT ON COLUMN umws.um_user.pin_locked IS 'An administrator locked the PIN against change.';
COMMENT ON COLUMN umws.um_user.locked_out_at IS 'When the mailbox was locked out; NULL = it is not.';
COMMENT ON COLUMN umws.um_user.locked_by_admin IS 'An administrator has locked it out (umwsctl pin lock): nothing but pin unlock ends that.';
COMMENT ON COLUMN umws.um_user.failed_logons IS 'Consecutive failed logons.';
COMMENT ON COLUMN umws.um_user.failed_logons_at_step IS
    'What failed_logons was when logon_failures_before_reset was reached last; above failed_logons it is of an earlier row of failures, and counts as 0.';
COMMENT ON COLUMN umws.um_user.reset_due IS 'Failed logons voided the PIN; a new one has yet to be drawn.';
COMMENT ON COLUMN umws.um_user.is_expiry_told IS 'A mail that the current PIN expires has been queued.';

COMMENT ON COLUMN umws.um_user.oof_status IS
    'OofStatus: callers hear the out-of-office greeting. The phone system reads it.';
COMMENT ON COLUMN umws.um_user.missed_call_notification_enabled IS
    'MissedCallNotificationEnabled: the user wants a mail for a missed call. The phone system reads it.';
COMMENT ON COLUMN umws.um_user.play_on_phone_dial_string IS
    'PlayOnPhoneDialString: the number to play messages on; empty = none. The phone system reads it.';
COMMENT ON COLUMN umws.um_user.telephone_access_folder_email IS
    'TelephoneAccessFolderEmail: MAPI id of the folder that is read out over the telephone, base64; empty = the inbox. The phone system reads it.';

CREATE TABLE umws.role_grant (
    role        text NOT NULL CHECK (role IN ('helpdesk')),
    login       umws.login NOT NULL,
    policy_id   integer REFERENCES umws.policy,
    granted_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX role_grant_only ON umws.role_grant (login, role, coalesce(policy_id, 0));
COMMENT ON TABLE umws.role_grant IS 'Who may act for others by the web service.';
COMMENT ON COLUMN umws.role_grant.role IS 'helpdesk: reset the PIN of others, and look at their properties.';
COMMENT ON COLUMN umws.role_grant.login IS 'Who has it, as um_user.login; no reference: a help desk needs no mailbox. With one, it ends when that is removed or renamed.';
COMMENT ON COLUMN umws.role_grant.policy_id IS 'For the mailboxes of this policy alone; NULL = for all.';
COMMENT ON COLUMN umws.role_grant.granted_at IS 'Since when.';

CREATE TABLE umws.pin_history (
    user_id     bigint NOT NULL REFERENCES umws.um_user ON DELETE CASCADE,
    generation  bigint NOT NULL,
    pin_key_id  text NOT NULL,
    verifier    text NOT NULL,
    set_at      timestamptz NOT NULL,
    PRIMARY KEY (user_id, generation)
);
COMMENT ON TABLE umws.pin_history IS 'The last 20 verifiers of each mailbox, the current one included.';
COMMENT ON COLUMN umws.pin_history.user_id IS 'The mailbox.';
COMMENT ON COLUMN umws.pin_history.generation IS 'Which of its PINs.';
COMMENT ON COLUMN umws.pin_history.pin_key_id IS 'Id of the pepper.';
COMMENT ON COLUMN umws.pin_history.verifier IS 'Argon2id of the keyed PIN as a PHC string.';
COMMENT ON COLUMN umws.pin_history.set_at IS 'When this PIN was set.';

CREATE TABLE umws.mail_key (
    id          text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'),
    state       text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired')),
    added_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    retired_at  timestamptz
);
COMMENT ON TABLE umws.mail_key IS 'Public keys of mailers that PINs may be sealed to; ids only.';
COMMENT ON COLUMN umws.mail_key.id IS 'BLAKE2b-64 of the public key, hex.';
COMMENT ON COLUMN umws.mail_key.state IS 'active, or retired: no new PIN is sealed to it.';
COMMENT ON COLUMN umws.mail_key.added_at IS 'When it was registered.';
COMMENT ON COLUMN umws.mail_key.retired_at IS 'When it was retired.';

CREATE TABLE umws.outbox (
    id              uuid PRIMARY KEY,
    user_id         bigint NOT NULL REFERENCES umws.um_user ON DELETE CASCADE,
    generation      bigint NOT NULL,
    kind            umws.mail_kind NOT NULL,
    recipient       text NOT NULL,
    locale          text NOT NULL,
    default_language text NOT NULL DEFAULT 'en',
    key_id          text NOT NULL,
    sealed          bytea,
    state           umws.mail_state NOT NULL DEFAULT 'queued',
    attempts        integer NOT NULL DEFAULT 0,
    unanswered      integer NOT NULL DEFAULT 0,
    abandoned       integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    lease_token     uuid,
    lease_until     timestamptz,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    sent_at         timestamptz,
    last_error      umws.mail_error,
    is_unreadable   boolean NOT NULL DEFAULT false,
    doubted_at      timestamptz,
    is_lone         boolean NOT NULL DEFAULT false,
    lost_at         timestamptz,
    display_name    text NOT NULL,
    extension       text NOT NULL,
    access_numbers  text NOT NULL,
    contact         text NOT NULL DEFAULT '',
    extra_text      text NOT NULL,
    brand_name      text NOT NULL DEFAULT '',
    brand_color     text NOT NULL DEFAULT '',
    is_locked_out   boolean NOT NULL,
    must_change     boolean NOT NULL,
    pin_expires_at  timestamptz,
    temporary_until timestamptz,
    created_offset_s     integer NOT NULL DEFAULT 0,
    created_zone         text NOT NULL DEFAULT '',
    pin_expires_offset_s integer NOT NULL DEFAULT 0,
    pin_expires_zone     text NOT NULL DEFAULT '',
    temporary_offset_s   integer NOT NULL DEFAULT 0,
    temporary_zone       text NOT NULL DEFAULT '',
    -- The one rule over two columns: each is read and computed anew at every
    -- INSERT and UPDATE.
    CONSTRAINT outbox_final_is_unsealed
        CHECK ((state IN ('queued', 'sending')) = (sealed IS NOT NULL))
) WITH (fillfactor = 80);
-- Claiming stays flat with millions of final rows: they are in no index
-- that it reads. Neither state nor lease_until stands in an index, so that
-- outbox_begin() makes no entry in any (a HOT update).
-- "generation > 0" is true of every row, in words that no query for one user
-- uses: it must not be answered by reading the whole queue, which a plan that
-- was made on an empty table would else do.
CREATE INDEX outbox_due ON umws.outbox (next_attempt_at)
    WHERE sealed IS NOT NULL AND generation > 0;
CREATE INDEX outbox_expiring ON umws.outbox (expires_at)
    WHERE sealed IS NOT NULL AND generation > 0;
CREATE INDEX outbox_unreadable ON umws.outbox (created_at, id)
    WHERE sealed IS NOT NULL AND generation > 0 AND is_unreadable;
-- Empty, or nearly: see outbox_vouch().
CREATE INDEX outbox_lone ON umws.outbox (id) WHERE is_lone;
-- What outbox_sight() counts of the last day.
CREATE INDEX outbox_lost ON umws.outbox (lost_at) WHERE lost_at IS NOT NULL;
-- One mail of a user about a PIN that was set waits, the newest, and one of
-- each kind of those that tell of something else; but that a PIN went elsewhere
-- its user is told whatever comes after.
CREATE UNIQUE INDEX outbox_live_user ON umws.outbox (user_id,
        (CASE WHEN kind::text IN ('expiring', 'locked') THEN kind::text ELSE '' END))
    WHERE sealed IS NOT NULL AND kind <> 'elsewhere';
CREATE INDEX outbox_leased_user ON umws.outbox (user_id)
    WHERE lease_token IS NOT NULL;
CREATE INDEX outbox_user ON umws.outbox (user_id, created_at);
COMMENT ON TABLE umws.outbox IS
    'Mails with PINs, or about them, queued in the transaction that does what they tell. The text fields are a snapshot, so that a second copy of a mail is byte-identical.';
COMMENT ON COLUMN umws.outbox.id IS 'Key; also the left part of the Message-ID, and audit.operation_id but for expiring and locked.';
COMMENT ON COLUMN umws.outbox.user_id IS 'The mailbox.';
COMMENT ON COLUMN umws.outbox.generation IS 'Which of its PINs the mail carries, or tells of.';
COMMENT ON COLUMN umws.outbox.kind IS 'reset: the user asked for it; auto: failed logons brought it about; admin: an operator has reset the PIN; welcome: and it is the first one of the mailbox; elsewhere: and has had it mailed to another address; set: an operator has set it; changed: the user has set one by phone; expiring: the PIN will expire; locked: failed logons have locked the mailbox out. The last five have no PIN.';
COMMENT ON COLUMN umws.outbox.recipient IS 'Mail address at the time of the reset; of admin perhaps another one than the user''s.';
COMMENT ON COLUMN umws.outbox.locale IS 'Language of the mail: the mailbox''s, else the policy''s.';
COMMENT ON COLUMN umws.outbox.default_language IS 'Snapshot of policy.default_language, where no mail is written in the language of locale.';
COMMENT ON COLUMN umws.outbox.key_id IS 'The mail key the PIN is sealed to; empty for expiring and locked.';
COMMENT ON COLUMN umws.outbox.sealed IS 'The sealed PIN (of elsewhere, set and changed a digit that means nothing, of expiring and locked nothing, no bytes); NULL in every final state.';
COMMENT ON COLUMN umws.outbox.state IS 'queued, sending; final: sent, superseded, expired, dead.';
COMMENT ON COLUMN umws.outbox.attempts IS 'SMTP transactions begun.';
COMMENT ON COLUMN umws.outbox.unanswered IS 'Of these, how many have sent the whole mail and heard no answer.';
COMMENT ON COLUMN umws.outbox.abandoned IS 'Of these, how many were never settled: their mailer died, or lost the database, before or after the mail had left.';
COMMENT ON COLUMN umws.outbox.next_attempt_at IS 'Not claimed before.';
COMMENT ON COLUMN umws.outbox.lease_token IS 'Which mailer works on it; NULL = none.';
COMMENT ON COLUMN umws.outbox.lease_until IS 'Until when that mailer has it.';
COMMENT ON COLUMN umws.outbox.created_at IS 'When it was queued; the Date of the mail.';
COMMENT ON COLUMN umws.outbox.expires_at IS 'Not sent after: the PIN''s life, else 5 days; of locked no longer than the lock.';
COMMENT ON COLUMN umws.outbox.sent_at IS 'When the SMTP server took the mail.';
COMMENT ON COLUMN umws.outbox.last_error IS 'Why the last attempt was no success.';
COMMENT ON COLUMN umws.outbox.is_unreadable IS 'The last mailer could make no mail of the row: it is kept, tried rarely and said at each pass.';
COMMENT ON COLUMN umws.outbox.doubted_at IS 'When a server refused it first in words that may be about all mails, and took another recipient''s; NULL = never, or an attempt has ended otherwise since.';
COMMENT ON COLUMN umws.outbox.is_lone IS 'It died though no other mail was there to compare with, and none has been taken since.';
COMMENT ON COLUMN umws.outbox.lost_at IS 'When it became dead or expired; NULL = it did not.';
COMMENT ON COLUMN umws.outbox.display_name IS 'Snapshot of um_user.display_name.';
COMMENT ON COLUMN umws.outbox.extension IS 'Snapshot of um_user.extension; empty = none.';
COMMENT ON COLUMN umws.outbox.access_numbers IS 'Snapshot of policy.access_numbers.';
COMMENT ON COLUMN umws.outbox.contact IS 'Snapshot of policy.help_desk_contact; empty = the mail speaks of no help desk.';
COMMENT ON COLUMN umws.outbox.extra_text IS 'Snapshot of the policy''s text for this kind of mail.';
COMMENT ON COLUMN umws.outbox.brand_name IS 'Snapshot of policy.brand_name.';
COMMENT ON COLUMN umws.outbox.brand_color IS 'Snapshot of policy.brand_color.';
COMMENT ON COLUMN umws.outbox.is_locked_out IS 'The mailbox was locked out at the time of the reset.';
COMMENT ON COLUMN umws.outbox.must_change IS 'The PIN must be changed at the first logon.';
COMMENT ON COLUMN umws.outbox.pin_expires_at IS 'When a change is forced; NULL = never, and of locked.';
COMMENT ON COLUMN umws.outbox.temporary_until IS 'Until when the drawn PIN opens the mailbox, of locked until when that holds; NULL = no end.';
COMMENT ON COLUMN umws.outbox.created_offset_s IS 'Seconds that the reader''s clock is ahead of UTC at created_at: see outbox_reader().';
COMMENT ON COLUMN umws.outbox.created_zone IS 'What the tz database calls that, as CEST or +03; empty: nobody has looked yet.';
COMMENT ON COLUMN umws.outbox.pin_expires_offset_s IS 'The same at pin_expires_at.';
COMMENT ON COLUMN umws.outbox.pin_expires_zone IS 'Likewise.';
COMMENT ON COLUMN umws.outbox.temporary_offset_s IS 'The same at temporary_until.';
COMMENT ON COLUMN umws.outbox.temporary_zone IS 'Likewise.';

CREATE TABLE umws.audit (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid             xid8 NOT NULL DEFAULT pg_current_xact_id(),
    user_id         bigint,
    login           text NOT NULL,
    actor           text NOT NULL,
    actor_address   inet,
    way             text NOT NULL CHECK (way IN ('soap', 'phone', 'umwsctl')),
    caller          text,
    call            text,
    action          text NOT NULL,
    result          text NOT NULL,
    rule            text,
    policy          text,
    reason          text,
    operation_id    uuid UNIQUE,
    request_id      text,
    count           integer NOT NULL DEFAULT 1,
    minute          timestamptz,
    reset_number    bigint,
    db_user         text NOT NULL DEFAULT session_user
);
-- Of own resets alone, in the order in which they were made: with it the
-- limit over all of them looks at one row, not at all rows of a minute.
CREATE SEQUENCE umws.audit_reset_number_seq OWNED BY umws.audit.reset_number;
CREATE INDEX audit_reset_number ON umws.audit (reset_number)
    WHERE reset_number IS NOT NULL;
CREATE UNIQUE INDEX audit_refusal ON umws.audit (login, actor, action, result, minute)
    WHERE minute IS NOT NULL;
CREATE INDEX audit_user ON umws.audit (user_id, at);
-- What the limit on failed logons of a service account counts.
CREATE INDEX audit_failed_logon ON umws.audit (actor, at)
    WHERE result IN ('denied', 'voided', 'locked');

-- What the limit on resets by a help desk caller counts.
CREATE INDEX audit_helpdesk ON umws.audit (actor, at)
    WHERE way = 'soap' AND action = 'pin_reset' AND result = 'ok';

-- What the bound on refused names of a help desk caller counts.
CREATE INDEX audit_impersonate ON umws.audit (actor, minute)
    WHERE action = 'impersonate' AND result <> 'ok' AND minute IS NOT NULL;

-- What the limit on the searches of a help desk caller counts.
CREATE INDEX audit_helpdesk_find ON umws.audit (actor, minute)
    WHERE action = 'helpdesk_find' AND minute IS NOT NULL;

-- Not in sql/code: an index is computed by it, and would have to be made anew
-- with it.
CREATE FUNCTION umws.client_net(p_address inet) RETURNS cidr
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT network(CASE
        WHEN family(p_address) = 4 THEN set_masklen(p_address, 32)
        WHEN p_address << '::ffff:0:0/96' THEN set_masklen(p_address, 128)
        ELSE set_masklen(p_address, 64) END)
$$;
COMMENT ON FUNCTION umws.client_net(inet) IS
    'What the limit per client address counts by: the address, or the /64 of IPv6 (not of IPv4 in IPv6 form).';
CREATE INDEX audit_reset_net ON umws.audit (umws.client_net(actor_address), at)
    WHERE action = 'reset' AND result = 'ok';
COMMENT ON TABLE umws.audit IS
    'What happened to PINs: append-only, but for the count of repeated refusals (triggers: sql/code/audit.sql).';
-- Nor may its owner, whom our functions run as.
REVOKE UPDATE, TRUNCATE ON umws.audit FROM umws_owner;
GRANT UPDATE (count) ON umws.audit TO umws_owner;
COMMENT ON COLUMN umws.audit.id IS 'Key.';
COMMENT ON COLUMN umws.audit.at IS 'When; of a repeated refusal the first time.';
COMMENT ON COLUMN umws.audit.xid IS 'The transaction that wrote the row.';
COMMENT ON COLUMN umws.audit.user_id IS 'The mailbox; NULL = there is none. No reference: the row outlives it.';
COMMENT ON COLUMN umws.audit.login IS 'Its login, or the one that was asked for.';
COMMENT ON COLUMN umws.audit.actor IS 'Who did it: as the web server authenticated it, a service account of the phone route, or of umwsctl the user of its operating system.';
COMMENT ON COLUMN umws.audit.db_user IS 'Who was logged in to the database: what the server itself knows, where actor is what a program says.';
COMMENT ON COLUMN umws.audit.actor_address IS 'From which address; of umwsctl that of its connection, NULL over a Unix socket.';
COMMENT ON COLUMN umws.audit.way IS 'By which way it came: soap (the web service, that of its pages included), phone, umwsctl.';
COMMENT ON COLUMN umws.audit.caller IS 'Calling telephone number as the phone system claims it.';
COMMENT ON COLUMN umws.audit.call IS 'The phone system''s name for the call, as it claims it.';
COMMENT ON COLUMN umws.audit.action IS
    'reset: the user''s own reset; auto: one that failed logons brought about; logon, change: by phone; set_...: the user set that property, a column of um_user; impersonate: somebody named the mailbox as the one he acts for; pin_reset: an operator or the help desk reset the PIN; pin_unlock: they ended a lockout; helpdesk_find: the help desk looked for a mailbox, by the text in login; of umwsctl the verb, as user_add, and pin_import: a PIN came with an import.';
COMMENT ON COLUMN umws.audit.result IS 'ok; refused: denied, no_mailbox, invalid (of impersonate), not_enabled, pin_locked, locked_by_admin, busy, stale, history, key_unknown; by phone: must_change (ok, and to be changed), denied, voided (denied, and the PIN is none any more), locked (denied, and the mailbox is locked out), locked_out and reset_due (nothing was compared), refused (the PIN was right, and not changed); of an operator''s reset also unknown, disabled and, of a PIN that breaks a rule, refused, and notify_refused (AllowNotifyAddress); abandoned: the request was given up before its commit and can never commit.';
COMMENT ON COLUMN umws.audit.rule IS 'Which rule or limit refused it; of not_enabled: unknown, or disabled; of impersonate: role (the caller has none), policy (not for this one), names (he has named ten others in this minute: the row is of all further ones, and its login is his), unknown or several (mailboxes have this address), else the operation; of a failed logon: these, wrong, temporary (a drawn PIN that is too old) or no_pin. Of must_change why: first or expired.';
COMMENT ON COLUMN umws.audit.policy IS 'Name of the policy that held.';
COMMENT ON COLUMN umws.audit.reason IS 'What an operator or the help desk gave as the reason, or what was changed.';
COMMENT ON COLUMN umws.audit.operation_id IS
    'The worker''s id of this reset or change; unique, so that it happens once.';
COMMENT ON COLUMN umws.audit.request_id IS 'X-Request-Id of the answer; stands in the log too.';
COMMENT ON COLUMN umws.audit.count IS 'How many equal refusals in this minute; of those that came in the same instant one.';
COMMENT ON COLUMN umws.audit.minute IS 'Of a refusal: the minute it is counted in.';
COMMENT ON COLUMN umws.audit.reset_number IS
    'Of a reset that was made: which one it is, of all mailboxes; some numbers stand at no row.';

CREATE TABLE umws.audit_seal (
    id              bigint PRIMARY KEY CHECK (id >= 1),
    at              timestamptz NOT NULL,
    key_id          text NOT NULL,
    row_count       bigint NOT NULL CHECK (row_count >= 1),
    first_at        timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    cluster         bigint NOT NULL,
    xid_below       xid8 NOT NULL,
    xid_next        xid8 NOT NULL,
    refusals_below  timestamptz,
    rows_mac        bytea NOT NULL CHECK (octet_length(rows_mac) = 32),
    mac             bytea NOT NULL CHECK (octet_length(mac) = 32),
    purged_at       timestamptz
);
COMMENT ON TABLE umws.audit_seal IS
    'What "umwsctl audit seal" has sealed, one row each time, in a chain that has no end: append-only, but for purged_at.';
COMMENT ON COLUMN umws.audit_seal.id IS 'Key; counts from 1 without a gap.';
COMMENT ON COLUMN umws.audit_seal.at IS 'When.';
COMMENT ON COLUMN umws.audit_seal.key_id IS 'Id of the key in audit.key.';
COMMENT ON COLUMN umws.audit_seal.row_count IS 'How many rows of audit.';
COMMENT ON COLUMN umws.audit_seal.first_at IS 'The oldest of their times.';
COMMENT ON COLUMN umws.audit_seal.last_at IS 'The newest of their times.';
COMMENT ON COLUMN umws.audit_seal.cluster IS 'The system identifier of the cluster, which xids are of.';
COMMENT ON COLUMN umws.audit_seal.xid_below IS 'Every row of a transaction below this one is sealed now, or was before.';
COMMENT ON COLUMN umws.audit_seal.xid_next IS 'No transaction from this one on had begun to write.';
COMMENT ON COLUMN umws.audit_seal.refusals_below IS 'Refusals only of a minute before this one, whose counts do not grow any more; NULL: none.';
COMMENT ON COLUMN umws.audit_seal.rows_mac IS 'HMAC-SHA-256 over the codes of these rows in their order.';
COMMENT ON COLUMN umws.audit_seal.mac IS 'HMAC-SHA-256 over all of this but purged_at, and over mac of the seal before.';
COMMENT ON COLUMN umws.audit_seal.purged_at IS 'When "umwsctl db purge" began to remove the rows, of which a row of audit tells.';

CREATE TABLE umws.audit_sealed (
    audit_id    bigint PRIMARY KEY,
    seal_id     bigint NOT NULL,
    place       bigint NOT NULL,
    mac         bytea NOT NULL CHECK (octet_length(mac) = 32),
    UNIQUE (seal_id, place)
);
COMMENT ON TABLE umws.audit_sealed IS 'Which rows of audit a seal is over.';
COMMENT ON COLUMN umws.audit_sealed.audit_id IS 'The row. No reference: that it is missing is what is looked for.';
COMMENT ON COLUMN umws.audit_sealed.seal_id IS 'The seal.';
COMMENT ON COLUMN umws.audit_sealed.place IS 'Which of its rows it is, from 1.';
COMMENT ON COLUMN umws.audit_sealed.mac IS 'HMAC-SHA-256 over seal, place and umws.audit_text() of the row.';
REVOKE UPDATE, TRUNCATE ON umws.audit_sealed FROM umws_owner;
REVOKE UPDATE, DELETE, TRUNCATE ON umws.audit_seal FROM umws_owner;
GRANT UPDATE (purged_at) ON umws.audit_seal TO umws_owner;

-- Empty but in the transaction of an import. Nothing of it has to outlive a
-- crash, yet it is not unlogged, and no table may be: where a transaction that
-- makes one is undone (umwsctl compares schemas that way) and the server dies
-- before that is in the WAL, PostgreSQL 15 finds the file on its way up and
-- does not start any more ("could not create file ...: File exists").
CREATE TABLE umws.stage (
    number          bigint PRIMARY KEY,
    line            integer,
    place           text,
    login           text,
    email           text,
    display_name    text,
    extension       text,
    locale          text,
    time_zone       text,
    policy          text,
    um_enabled      boolean,
    reason          text,
    is_told         boolean NOT NULL DEFAULT false,
    user_id         bigint,
    policy_id       integer,
    action          text,
    difference      text,
    mail            text,
    new_id          bigint,
    pin_key_id      text,
    verifier        umws.verifier,
    must_change     boolean,
    pin_locked      boolean
);
COMMENT ON TABLE umws.stage IS
    'Mailboxes as an import or a sync wants them: rows that only its own transaction sees, and takes away at its end. Where a column is NULL the source says nothing.';
COMMENT ON COLUMN umws.stage.number IS 'Which row of the source, from 1; below 0: a mailbox that no row of a whole source names.';
COMMENT ON COLUMN umws.stage.line IS 'On which line of a file it stands.';
COMMENT ON COLUMN umws.stage.place IS 'What the row is called where there are no lines.';
COMMENT ON COLUMN umws.stage.login IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.email IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.display_name IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.extension IS 'As in um_user; empty = none.';
COMMENT ON COLUMN umws.stage.locale IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.time_zone IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.policy IS 'Name of the policy.';
COMMENT ON COLUMN umws.stage.um_enabled IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.reason IS 'Why the row is no good; NULL = it is.';
COMMENT ON COLUMN umws.stage.is_told IS 'The program has found that reason, and told it.';
COMMENT ON COLUMN umws.stage.user_id IS 'The mailbox that is there; NULL = none.';
COMMENT ON COLUMN umws.stage.policy_id IS 'That policy.';
COMMENT ON COLUMN umws.stage.action IS 'add, change, disable (gone); NULL = nothing is to be done.';
COMMENT ON COLUMN umws.stage.difference IS 'What changes, for people.';
COMMENT ON COLUMN umws.stage.mail IS 'What became of a mail that was to be sent, for people.';
COMMENT ON COLUMN umws.stage.new_id IS 'um_user.id by which verifier was made; a new mailbox gets it. NULL = no PIN comes with the row.';
COMMENT ON COLUMN umws.stage.pin_key_id IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.verifier IS 'As in um_user; NULL = no PIN comes with the row.';
COMMENT ON COLUMN umws.stage.must_change IS 'As in um_user.';
COMMENT ON COLUMN umws.stage.pin_locked IS 'As in um_user.';

CREATE TABLE umws.heartbeat (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE umws.heartbeat IS 'One row that health checks write, to show that writing works.';
COMMENT ON COLUMN umws.heartbeat.is_only IS 'Keeps the table at one row.';
COMMENT ON COLUMN umws.heartbeat.at IS 'When a worker last wrote it.';
INSERT INTO umws.heartbeat DEFAULT VALUES;

CREATE TABLE umws.mailer_pass (
    host          text PRIMARY KEY,
    begun_at      timestamptz NOT NULL,
    ended_at      timestamptz NOT NULL,
    exit_code     integer NOT NULL,
    failing_since timestamptz,
    failing_code  integer,
    key_ids       text[] NOT NULL,
    sent          bigint NOT NULL,
    deferred      bigint NOT NULL,
    dead          bigint NOT NULL,
    CHECK ((failing_since IS NULL) = (failing_code IS NULL))
) WITH (fillfactor = 50);
COMMENT ON TABLE umws.mailer_pass IS
    'The last pass of the mailer on each host, so that somebody sees when there is none; a host without one for 7 days is forgotten. Written without waiting for the disk: see outbox_pass().';
COMMENT ON COLUMN umws.mailer_pass.host IS 'The name that the host gives itself.';
COMMENT ON COLUMN umws.mailer_pass.begun_at IS 'When the pass began, by the database''s clock.';
COMMENT ON COLUMN umws.mailer_pass.ended_at IS 'When it ended.';
COMMENT ON COLUMN umws.mailer_pass.exit_code IS 'The exit status of the pass.';
COMMENT ON COLUMN umws.mailer_pass.failing_since IS 'When the first pass began of those that did not end well; NULL = all is well. A pass that had nothing to try does not change it while mails wait.';
COMMENT ON COLUMN umws.mailer_pass.failing_code IS 'The exit status of the last of these.';
COMMENT ON COLUMN umws.mailer_pass.key_ids IS 'The mail keys that the mailer held.';
COMMENT ON COLUMN umws.mailer_pass.sent IS 'Mails that servers took, in all passes since the host is known.';
COMMENT ON COLUMN umws.mailer_pass.deferred IS 'Attempts after which the mail was kept, likewise.';
COMMENT ON COLUMN umws.mailer_pass.dead IS 'Mails that died, likewise.';

-- Changes of PINs that another system is to be told of (on_change). Nothing is
-- kept here before somebody tells them.
CREATE TABLE umws.pin_change_tell (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    is_on   boolean NOT NULL DEFAULT false,
    since   timestamptz
);
COMMENT ON TABLE umws.pin_change_tell IS 'One row: are changes of PINs kept for "umwsctl notify changes"?';
COMMENT ON COLUMN umws.pin_change_tell.is_only IS 'Keeps the table at one row.';
COMMENT ON COLUMN umws.pin_change_tell.is_on IS 'They are.';
COMMENT ON COLUMN umws.pin_change_tell.since IS 'Since when that is so.';
INSERT INTO umws.pin_change_tell DEFAULT VALUES;

CREATE TABLE umws.pin_change (
    id              uuid PRIMARY KEY,
    login           text NOT NULL,
    extension       text,
    generation      bigint NOT NULL,
    kind            text NOT NULL,
    at              timestamptz NOT NULL,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    lease_token     uuid,
    given_up_at     timestamptz,
    last_error      umws.mail_error NOT NULL DEFAULT ''
);
CREATE INDEX pin_change_due ON umws.pin_change (next_attempt_at) WHERE given_up_at IS NULL;
COMMENT ON TABLE umws.pin_change IS
    'Changes of PINs that are still to be told, and those that were given up. One that was told is removed.';
COMMENT ON COLUMN umws.pin_change.id IS 'The operation''s id in the audit; of an imported PIN one of its own.';
COMMENT ON COLUMN umws.pin_change.login IS 'The mailbox, as it was called then.';
COMMENT ON COLUMN umws.pin_change.extension IS 'Its extension then; NULL = none.';
COMMENT ON COLUMN umws.pin_change.generation IS 'Counts the PINs of a mailbox: as in um_user.';
COMMENT ON COLUMN umws.pin_change.kind IS 'As in outbox, or import.';
COMMENT ON COLUMN umws.pin_change.at IS 'When the PIN was set.';
COMMENT ON COLUMN umws.pin_change.attempts IS 'How often somebody has begun to tell it.';
COMMENT ON COLUMN umws.pin_change.next_attempt_at IS 'When it may be told; while somebody is at it, when another one may.';
COMMENT ON COLUMN umws.pin_change.lease_token IS 'Whose attempt it is; NULL = nobody''s.';
COMMENT ON COLUMN umws.pin_change.given_up_at IS 'When nobody tried any more; NULL = it is still to be told.';
COMMENT ON COLUMN umws.pin_change.last_error IS 'Why it was not taken.';

INSERT INTO umws.schema_info (version, oldest_program) VALUES (6, 6);
RESET ROLE;
