import { describe, expect, it } from 'vitest'
import { aClient, aCode, aFamily, anAccessToken, aSession, moreTokens } from './contract/fixtures.ts'
import { manualClock } from './contract.ts'
import { MemoryStore } from './memory.ts'

const clock = manualClock()
const duplicate = {
  name: 'StoreError',
  code: 'duplicate_id',
  message: '"id" is in use by another record: expected the hash of a fresh random value',
}

describe('MemoryStore', () => {
  it('knows the clients that it is given', () => {
    const client = aClient()
    expect(new MemoryStore({ clients: [client] }).findClient(client.client_id)).toEqual(client)
  })

  it('reads the time of day when it is given no clock', () => {
    const store = new MemoryStore()
    const session = aSession(clock, { expires_at: Math.floor(Date.now() / 1000) + 3600 })
    store.saveSession(session)
    store.saveSession({ ...session, id: 'past', expires_at: 1 })
    expect(store.findSession(session.id)).toEqual(session)
    expect(store.findSession('past')).toBeUndefined()
  })

  it('hands out records that cannot be changed, at any depth', () => {
    const store = new MemoryStore({ clock: clock.read })
    const code = aCode(clock)
    store.saveAuthorizationCode(code)
    store.consumeAuthorizationCode(code.id, { at: 1, keepUntil: clock.now() + 60, tokens: aFamily(clock, code.grant) })
    const found = store.findAuthorizationCode(code.id)
    expect(Object.isFrozen(found) && Object.isFrozen(found?.grant) && Object.isFrozen(found?.grant.data)).toBe(true)
  })

  it('refuses to save a used code again', () => {
    const store = new MemoryStore({ clock: clock.read })
    const code = aCode(clock)
    store.saveAuthorizationCode(code)
    store.consumeAuthorizationCode(code.id, { at: clock.now(), keepUntil: clock.now() + 600 })
    expect(() => store.saveAuthorizationCode(code)).toThrow(expect.objectContaining(duplicate))
  })

  it('writes nothing of a commit whose refresh token exists', () => {
    const store = new MemoryStore({ clock: clock.read })
    const family = aFamily(clock)
    const other = aFamily(clock)
    store.saveTokens(family)
    expect(() => store.saveTokens({ ...other, refreshToken: family.refreshToken })).toThrow(
      expect.objectContaining(duplicate),
    )
    expect(store.findGrant(other.grant.id)).toBeUndefined()
    expect(store.findAccessToken(other.accessToken.id)).toBeUndefined()
  })

  it('leaves a token unrotated when its successor cannot be written', () => {
    const store = new MemoryStore({ clock: clock.read })
    const family = aFamily(clock)
    store.saveTokens(family)
    const successors = { ...moreTokens(clock, family.grant), accessToken: family.accessToken }
    const rotate = () =>
      store.rotateRefreshToken(family.refreshToken.id, { at: 1, successorResponse: '', tokens: successors })
    expect(rotate).toThrow(expect.objectContaining(duplicate))
    expect(store.findRefreshToken(family.refreshToken.id)).toEqual(family.refreshToken)
  })

  it('sweeps all kinds of records, and counts them', () => {
    const later = manualClock()
    const store = new MemoryStore({ clock: later.read })
    const expires_at = later.now() + 10
    store.saveTokens({ accessToken: anAccessToken(later, { expires_at }) })
    store.saveSession(aSession(later, { expires_at }))
    store.saveAuthorizationCode(aCode(later, { expires_at }))
    store.rememberOnce('key', expires_at)
    later.advance(10)
    expect([store.sweep(3), store.sweep(3), store.sweep(3)]).toEqual([3, 1, 0])
  })
})
