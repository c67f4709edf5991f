-- retired.sql - what no program needs any more.
--
-- A function whose signature changes gets a new one beside the old one, so
-- that programs of the release before still work; a release later the old
-- one is dropped here:
--
--     DROP FUNCTION IF EXISTS umws.name(type, type);

SET LOCAL ROLE umws_owner;

DROP FUNCTION IF EXISTS umws.outbox_begin(uuid, uuid, uuid);

RESET ROLE;
