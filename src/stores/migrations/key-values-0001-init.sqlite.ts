import type { Migration } from './migration.ts'

/**
 * What clients keep, beside or without the tables of a server. `value` is the text as a string of JSON: some drivers cut
 * text at U+0000 when they read it.
 */
export const initKeyValues: Migration = {
  version: 1,
  name: 'init',
  sql: `
    CREATE TABLE key_values (
      key TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL,
      expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX key_values_expires_at ON key_values (expires_at);
  `,
}
