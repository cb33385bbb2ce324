import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { ServerEvents } from './events.ts'

/** The compiler sees that none is missing. */
const EVENTS: Record<keyof ServerEvents, true> = {
  'request.refused': true,
  'rate.limited': true,
  'client.authenticated': true,
  'client.refused': true,
  'client.registered': true,
  'client.updated': true,
  'client.deleted': true,
  'authorization.pushed': true,
  'authorization.granted': true,
  'authorization.denied': true,
  'token.issued': true,
  'token.revoked': true,
  'grants.revoked': true,
  'token.introspected': true,
  'code.replayed': true,
  'device_code.replayed': true,
  'refresh.replayed': true,
  'login.succeeded': true,
  'login.failed': true,
  'session.ended': true,
}

it('the guide has a row for each event, and no other', () => {
  const guide = readFileSync(new URL('../../../docs/guide/server/operations.md', import.meta.url), 'utf8')
  const rows = [...guide.matchAll(/^\| `([a-z_]+\.[a-z_]+)` +\|/gm)].map(([, event]) => event)
  expect(rows).toEqual(Object.keys(EVENTS))
})
