import type { Migration } from './migration.ts'

/**
 * The first schema. Every `id` is a hash, `data` is the record as JSON, and the columns beside it are what a statement
 * decides by. `expires_at` is the moment from which a row must not be seen; for a used code that is the end of its
 * tombstone. `successor_response` is JSON as well: some drivers cut text at U+0000 when they read it. Tokens do not
 * reference their grant by a foreign key: rows are swept in small batches and in any order, and a token whose grant is
 * gone is invisible anyway.
 */
export const initSqlite: Migration = {
  version: 1,
  name: 'init',
  sql: `
    CREATE TABLE clients (
      client_id TEXT NOT NULL PRIMARY KEY,
      data TEXT NOT NULL
    ) STRICT;

    CREATE TABLE grants (
      id TEXT NOT NULL PRIMARY KEY,
      data TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      revoked_at INTEGER
    ) STRICT;
    CREATE INDEX grants_expires_at ON grants (expires_at);

    CREATE TABLE authorization_codes (
      id TEXT NOT NULL PRIMARY KEY,
      grant_id TEXT NOT NULL,
      data TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      consumed_at INTEGER
    ) STRICT;
    CREATE INDEX authorization_codes_grant_id ON authorization_codes (grant_id);
    CREATE INDEX authorization_codes_expires_at ON authorization_codes (expires_at);

    CREATE TABLE access_tokens (
      id TEXT NOT NULL PRIMARY KEY,
      grant_id TEXT,
      data TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX access_tokens_grant_id ON access_tokens (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX access_tokens_expires_at ON access_tokens (expires_at);

    CREATE TABLE refresh_tokens (
      id TEXT NOT NULL PRIMARY KEY,
      grant_id TEXT NOT NULL,
      data TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      rotated_at INTEGER,
      successor_response TEXT
    ) STRICT;
    CREATE INDEX refresh_tokens_grant_id ON refresh_tokens (grant_id);
    CREATE INDEX refresh_tokens_expires_at ON refresh_tokens (expires_at);

    CREATE TABLE consents (
      subject TEXT NOT NULL,
      client_id TEXT NOT NULL,
      data TEXT NOT NULL,
      PRIMARY KEY (subject, client_id)
    ) STRICT;

    CREATE TABLE sessions (
      id TEXT NOT NULL PRIMARY KEY,
      data TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_expires_at ON sessions (expires_at);

    CREATE TABLE replay_markers (
      key TEXT NOT NULL PRIMARY KEY,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX replay_markers_expires_at ON replay_markers (expires_at);
  `,
}
