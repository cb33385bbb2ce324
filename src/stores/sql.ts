/**
 * Every statement of the store, by the verb that runs it. Placeholders are plain `?`, the one form that all drivers
 * bind by position. `data` and the columns beside it are explained in `migrations/`.
 *
 * A guarded statement says in its WHERE what must still be true; that it changed one row is the proof that it was.
 */
export const sql = {
  findClient: 'SELECT data FROM clients WHERE client_id = ?',
  saveClient:
    'INSERT INTO clients (client_id, data) VALUES (?, ?) ON CONFLICT (client_id) DO UPDATE SET data = excluded.data',
  deleteClient: 'DELETE FROM clients WHERE client_id = ?',

  /** A grant that exists stays as it is: a second commit must not bring a revoked one back. */
  createGrant: 'INSERT INTO grants (id, data, expires_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  findGrant: 'SELECT data FROM grants WHERE id = ? AND revoked_at IS NULL AND expires_at > ?',
  revokeGrant: 'UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL AND expires_at > ?',

  createAuthorizationCode:
    'INSERT INTO authorization_codes (id, grant_id, data, expires_at, consumed_at) VALUES (?, ?, ?, ?, ?)',
  findAuthorizationCode: 'SELECT data, consumed_at FROM authorization_codes WHERE id = ? AND expires_at > ?',
  consumeAuthorizationCode: `
    UPDATE authorization_codes SET consumed_at = ?, expires_at = ?
    WHERE id = ? AND consumed_at IS NULL AND expires_at > ?`,

  createAccessToken: 'INSERT INTO access_tokens (id, grant_id, data, expires_at) VALUES (?, ?, ?, ?)',
  findAccessToken: `
    SELECT t.data FROM access_tokens t LEFT JOIN grants g ON g.id = t.grant_id
    WHERE t.id = ? AND t.expires_at > ?
    AND (t.grant_id IS NULL OR (g.revoked_at IS NULL AND g.expires_at > ?))`,
  revokeAccessToken: `
    DELETE FROM access_tokens
    WHERE id = ? AND expires_at > ?
    AND (grant_id IS NULL OR EXISTS (
      SELECT 1 FROM grants g WHERE g.id = grant_id AND g.revoked_at IS NULL AND g.expires_at > ?))`,

  createRefreshToken: `
    INSERT INTO refresh_tokens (id, grant_id, data, expires_at, rotated_at, successor_response)
    VALUES (?, ?, ?, ?, ?, ?)`,
  findRefreshToken: `
    SELECT t.data, t.rotated_at, t.successor_response FROM refresh_tokens t JOIN grants g ON g.id = t.grant_id
    WHERE t.id = ? AND t.expires_at > ? AND g.revoked_at IS NULL AND g.expires_at > ?`,
  rotateRefreshToken: `
    UPDATE refresh_tokens SET rotated_at = ?, successor_response = ?
    WHERE id = ? AND rotated_at IS NULL AND expires_at > ?
    AND EXISTS (SELECT 1 FROM grants g WHERE g.id = grant_id AND g.revoked_at IS NULL AND g.expires_at > ?)`,

  findConsent: 'SELECT data FROM consents WHERE subject = ? AND client_id = ?',
  saveConsent: `
    INSERT INTO consents (subject, client_id, data) VALUES (?, ?, ?)
    ON CONFLICT (subject, client_id) DO UPDATE SET data = excluded.data`,
  deleteConsent: 'DELETE FROM consents WHERE subject = ? AND client_id = ?',

  findSession: 'SELECT data FROM sessions WHERE id = ? AND expires_at > ?',
  saveSession: `
    INSERT INTO sessions (id, data, expires_at) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
  deleteSession: 'DELETE FROM sessions WHERE id = ? AND expires_at > ?',

  /** Put if absent, in one statement: a marker that has expired counts as absent. */
  rememberOnce: `
    INSERT INTO replay_markers (key, expires_at) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at WHERE replay_markers.expires_at <= ?`,

  /** Bounded deletes by primary key, found through the index on `expires_at`: none holds the lock for long. */
  sweepAuthorizationCodes:
    'DELETE FROM authorization_codes WHERE id IN (SELECT id FROM authorization_codes WHERE expires_at <= ? LIMIT ?)',
  sweepAccessTokens:
    'DELETE FROM access_tokens WHERE id IN (SELECT id FROM access_tokens WHERE expires_at <= ? LIMIT ?)',
  sweepRefreshTokens:
    'DELETE FROM refresh_tokens WHERE id IN (SELECT id FROM refresh_tokens WHERE expires_at <= ? LIMIT ?)',
  sweepGrants: 'DELETE FROM grants WHERE id IN (SELECT id FROM grants WHERE expires_at <= ? LIMIT ?)',
  sweepSessions: 'DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= ? LIMIT ?)',
  sweepReplayMarkers:
    'DELETE FROM replay_markers WHERE key IN (SELECT key FROM replay_markers WHERE expires_at <= ? LIMIT ?)',
} as const

export type StatementName = keyof typeof sql
