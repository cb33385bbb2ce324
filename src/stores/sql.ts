/**
 * Every statement of the store, by the verb that runs it. Placeholders are plain `?`, the one form that all drivers
 * bind by position. `data` and the columns beside it are explained in `migrations/`.
 *
 * A guarded statement says in its WHERE what must still be true; that it changed one row is the proof that it was.
 */
export const sql = {
  findClient: 'SELECT data FROM clients WHERE client_id = ? AND (unused_until IS NULL OR unused_until > ?)',
  saveClient: `
    INSERT INTO clients (data, registration_token_id, unused_until, client_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (client_id) DO UPDATE SET data = excluded.data,
      registration_token_id = excluded.registration_token_id, unused_until = excluded.unused_until`,
  replaceClient: `
    UPDATE clients SET data = ?, registration_token_id = ?, unused_until = ?
    WHERE client_id = ? AND registration_token_id = ? AND (unused_until IS NULL OR unused_until > ?)`,
  deleteClient: 'DELETE FROM clients WHERE client_id = ? AND (unused_until IS NULL OR unused_until > ?)',

  /** A grant that exists stays as it is: a second commit must not bring a revoked one back. */
  createGrant: `
    INSERT INTO grants (id, client_id, subject, data, expires_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`,
  findGrant: 'SELECT data FROM grants WHERE id = ? AND revoked_at IS NULL AND expires_at > ?',
  revokeGrant: 'UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL AND expires_at > ?',

  createAuthorizationCode: `
    INSERT INTO authorization_codes (id, grant_id, client_id, subject, data, expires_at, consumed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  findAuthorizationCode: 'SELECT data, consumed_at FROM authorization_codes WHERE id = ? AND expires_at > ?',
  consumeAuthorizationCode: `
    UPDATE authorization_codes SET consumed_at = ?, expires_at = ?
    WHERE id = ? AND consumed_at IS NULL AND expires_at > ?`,

  createAccessToken:
    'INSERT INTO access_tokens (id, grant_id, client_id, subject, data, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
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

  /** Of a client, or of a person at one client or (`NULL`) at any: each by the index that narrows it most. */
  revokeGrantsOfClient:
    'UPDATE grants SET revoked_at = ? WHERE client_id = ? AND revoked_at IS NULL AND expires_at > ?',
  revokeGrantsOfSubject: `
    UPDATE grants SET revoked_at = ?
    WHERE subject = ? AND client_id = coalesce(?, client_id) AND revoked_at IS NULL AND expires_at > ?`,
  /** Those of no grant, and those that one client got by exchange from the grant of another. */
  revokeAccessTokensOfClient: `
    DELETE FROM access_tokens
    WHERE client_id = ? AND expires_at > ?
    AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.id = grant_id AND g.client_id = access_tokens.client_id)`,
  revokeAccessTokensOfSubject: `
    DELETE FROM access_tokens
    WHERE subject = ? AND client_id = coalesce(?, client_id) AND expires_at > ?
    AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.id = grant_id AND g.client_id = access_tokens.client_id)`,
  revokeCodesOfClient: 'DELETE FROM authorization_codes WHERE consumed_at IS NULL AND client_id = ?',
  revokeCodesOfSubject: `
    DELETE FROM authorization_codes
    WHERE consumed_at IS NULL AND subject = ? AND client_id = coalesce(?, client_id)`,
  revokeDeviceCodesOfClient: `
    DELETE FROM device_codes WHERE grant_data IS NOT NULL AND consumed_at IS NULL AND client_id = ?`,
  revokeDeviceCodesOfSubject: `
    DELETE FROM device_codes
    WHERE grant_data IS NOT NULL AND consumed_at IS NULL AND subject = ? AND client_id = coalesce(?, client_id)`,

  /** In one statement: written unless a live record has the user code. */
  createDeviceCode: `
    INSERT INTO device_codes (id, user_code_id, client_id, data, interval, expires_at)
    SELECT ?, ?, ?, ?, ?, ?
    WHERE NOT EXISTS (SELECT 1 FROM device_codes WHERE user_code_id = ? AND expires_at > ?)`,
  findDeviceCode: `
    SELECT data, decision, grant_data, interval, polled_at, consumed_at FROM device_codes
    WHERE id = ? AND expires_at > ?`,
  findDeviceCodeByUserCode: `
    SELECT data, decision, grant_data, interval, polled_at, consumed_at FROM device_codes
    WHERE user_code_id = ? AND expires_at > ? AND decision IS NULL`,
  acceptDevicePoll: `
    UPDATE device_codes SET polled_at = ?
    WHERE id = ? AND expires_at > ? AND (polled_at IS NULL OR polled_at + interval <= ?)`,
  slowDeviceDown: 'UPDATE device_codes SET polled_at = ?, interval = interval + ? WHERE id = ? AND expires_at > ?',
  decideDeviceCode: `
    UPDATE device_codes SET decision = ?, grant_data = ?, subject = ?
    WHERE id = ? AND expires_at > ? AND decision IS NULL`,
  consumeDeviceCode: `
    UPDATE device_codes SET consumed_at = ?
    WHERE id = ? AND expires_at > ? AND decision = 'approved' AND consumed_at IS NULL`,

  createPushedRequest: 'INSERT INTO pushed_requests (id, data, expires_at, consumed_at) VALUES (?, ?, ?, ?)',
  findPushedRequest: 'SELECT data, expires_at, consumed_at FROM pushed_requests WHERE id = ? AND expires_at > ?',
  extendPushedRequest: `
    UPDATE pushed_requests SET expires_at = ?
    WHERE id = ? AND expires_at > ? AND expires_at < ? AND consumed_at IS NULL`,
  consumePushedRequest: `
    UPDATE pushed_requests SET consumed_at = ? WHERE id = ? AND expires_at > ? AND consumed_at IS NULL`,

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

  /** A counter that has expired begins again. */
  incrementCounter: `
    INSERT INTO counters (key, count, expires_at) VALUES (?, 1, ?)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN counters.expires_at > ? THEN counters.count + 1 ELSE 1 END,
      expires_at = CASE WHEN counters.expires_at > ? THEN counters.expires_at ELSE excluded.expires_at END`,
  findCounter: 'SELECT count FROM counters WHERE key = ?',

  loadKeys: 'SELECT version, value FROM signing_keys WHERE id = 1',
  createKeys: 'INSERT INTO signing_keys (id, version, value) VALUES (1, ?, ?) ON CONFLICT (id) DO NOTHING',
  replaceKeys: 'UPDATE signing_keys SET version = ?, value = ? WHERE id = 1 AND version = ?',

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
  sweepDeviceCodes: 'DELETE FROM device_codes WHERE id IN (SELECT id FROM device_codes WHERE expires_at <= ? LIMIT ?)',
  sweepPushedRequests:
    'DELETE FROM pushed_requests WHERE id IN (SELECT id FROM pushed_requests WHERE expires_at <= ? LIMIT ?)',
  sweepCounters: 'DELETE FROM counters WHERE key IN (SELECT key FROM counters WHERE expires_at <= ? LIMIT ?)',
  sweepClients: `
    DELETE FROM clients
    WHERE client_id IN (SELECT client_id FROM clients WHERE unused_until IS NOT NULL AND unused_until <= ? LIMIT ?)`,
} as const

export type StatementName = keyof typeof sql
