-- One table for everything that is remembered. `until` and `used` are seconds since 1970.
CREATE TABLE IF NOT EXISTS tokenspec_entry (
    kind  text   NOT NULL,  -- code, refresh_token, access_token, polled, pushed, client, assertion, revocation, failures
    key   text   NOT NULL,
    alias text,             -- another key: the user_code of what is polled for
    value text   NOT NULL,  -- the record, JSON
    used  bigint,           -- when it was used up; of failures their number
    until bigint NOT NULL,  -- when it is forgotten
    PRIMARY KEY (kind, key)
);
CREATE INDEX IF NOT EXISTS tokenspec_entry_until ON tokenspec_entry (until);
CREATE INDEX IF NOT EXISTS tokenspec_entry_alias ON tokenspec_entry (kind, alias) WHERE alias IS NOT NULL;
