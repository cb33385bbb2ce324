import type { Migration } from './migration.ts'

/**
 * Devices, pushed requests, counters, registered clients and rotating keys; and the owners of what `revokeAll` ends, in
 * columns that it finds them by. Of the codes only the unused ones are looked up by owner; their index stays as small as
 * their number.
 */
export const registrationAndDevices: Migration = {
  version: 2,
  name: 'registration-devices',
  sql: `
    ALTER TABLE clients ADD COLUMN registration_token_id TEXT;
    ALTER TABLE clients ADD COLUMN unused_until INTEGER;
    CREATE INDEX clients_unused_until ON clients (unused_until) WHERE unused_until IS NOT NULL;

    ALTER TABLE grants ADD COLUMN client_id TEXT;
    ALTER TABLE grants ADD COLUMN subject TEXT;
    UPDATE grants SET client_id = json_extract(data, '$.client_id'), subject = json_extract(data, '$.subject');
    CREATE INDEX grants_client_id ON grants (client_id);
    CREATE INDEX grants_subject ON grants (subject) WHERE subject IS NOT NULL;

    ALTER TABLE access_tokens ADD COLUMN client_id TEXT;
    ALTER TABLE access_tokens ADD COLUMN subject TEXT;
    UPDATE access_tokens SET client_id = json_extract(data, '$.client_id'), subject = json_extract(data, '$.subject')
      WHERE grant_id IS NULL;
    CREATE INDEX access_tokens_client_id ON access_tokens (client_id);
    CREATE INDEX access_tokens_subject ON access_tokens (subject) WHERE subject IS NOT NULL;

    ALTER TABLE authorization_codes ADD COLUMN client_id TEXT;
    ALTER TABLE authorization_codes ADD COLUMN subject TEXT;
    UPDATE authorization_codes
      SET client_id = json_extract(data, '$.client_id'), subject = json_extract(data, '$.grant.subject')
      WHERE consumed_at IS NULL;
    CREATE INDEX authorization_codes_client_id ON authorization_codes (client_id) WHERE consumed_at IS NULL;
    CREATE INDEX authorization_codes_subject ON authorization_codes (subject) WHERE consumed_at IS NULL;

    CREATE TABLE device_codes (
      id TEXT NOT NULL PRIMARY KEY,
      user_code_id TEXT NOT NULL,
      client_id TEXT NOT NULL,
      subject TEXT,
      data TEXT NOT NULL,
      decision TEXT,
      grant_data TEXT,
      interval INTEGER NOT NULL,
      polled_at INTEGER,
      expires_at INTEGER NOT NULL,
      consumed_at INTEGER
    ) STRICT;
    CREATE INDEX device_codes_user_code_id ON device_codes (user_code_id);
    CREATE INDEX device_codes_client_id ON device_codes (client_id);
    CREATE INDEX device_codes_subject ON device_codes (subject) WHERE subject IS NOT NULL;
    CREATE INDEX device_codes_expires_at ON device_codes (expires_at);

    CREATE TABLE pushed_requests (
      id TEXT NOT NULL PRIMARY KEY,
      data TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      consumed_at INTEGER
    ) STRICT;
    CREATE INDEX pushed_requests_expires_at ON pushed_requests (expires_at);

    CREATE TABLE counters (
      key TEXT NOT NULL PRIMARY KEY,
      count INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX counters_expires_at ON counters (expires_at);

    CREATE TABLE signing_keys (
      id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
      version INTEGER NOT NULL,
      value TEXT NOT NULL
    ) STRICT;
  `,
}
