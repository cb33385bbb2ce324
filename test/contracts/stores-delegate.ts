import type { Store } from '../../src/oauth2/server/store.ts'
import type { Awaitable } from '../../src/util/awaitable.ts'

/** What happens around each verb. */
export type Turn = <T>(call: () => Awaitable<T>) => Awaitable<T>

/** A store that passes every verb on to another one: plain members, so that a test can replace some of them. */
export function delegateTo(store: Store, turn: Turn = (call) => call()): Store {
  return {
    findClient: (...given) => turn(() => store.findClient(...given)),
    saveClient: (...given) => turn(() => store.saveClient(...given)),
    replaceClient: (...given) => turn(() => store.replaceClient(...given)),
    deleteClient: (...given) => turn(() => store.deleteClient(...given)),
    saveTokens: (...given) => turn(() => store.saveTokens(...given)),
    findAccessToken: (...given) => turn(() => store.findAccessToken(...given)),
    revokeAccessToken: (...given) => turn(() => store.revokeAccessToken(...given)),
    saveAuthorizationCode: (...given) => turn(() => store.saveAuthorizationCode(...given)),
    findAuthorizationCode: (...given) => turn(() => store.findAuthorizationCode(...given)),
    consumeAuthorizationCode: (...given) => turn(() => store.consumeAuthorizationCode(...given)),
    findRefreshToken: (...given) => turn(() => store.findRefreshToken(...given)),
    rotateRefreshToken: (...given) => turn(() => store.rotateRefreshToken(...given)),
    findGrant: (...given) => turn(() => store.findGrant(...given)),
    revokeGrant: (...given) => turn(() => store.revokeGrant(...given)),
    revokeAll: (...given) => turn(() => store.revokeAll(...given)),
    saveDeviceCode: (...given) => turn(() => store.saveDeviceCode(...given)),
    findDeviceCode: (...given) => turn(() => store.findDeviceCode(...given)),
    findDeviceCodeByUserCode: (...given) => turn(() => store.findDeviceCodeByUserCode(...given)),
    recordDevicePoll: (...given) => turn(() => store.recordDevicePoll(...given)),
    decideDeviceCode: (...given) => turn(() => store.decideDeviceCode(...given)),
    consumeDeviceCode: (...given) => turn(() => store.consumeDeviceCode(...given)),
    savePushedRequest: (...given) => turn(() => store.savePushedRequest(...given)),
    findPushedRequest: (...given) => turn(() => store.findPushedRequest(...given)),
    extendPushedRequest: (...given) => turn(() => store.extendPushedRequest(...given)),
    consumePushedRequest: (...given) => turn(() => store.consumePushedRequest(...given)),
    findConsent: (...given) => turn(() => store.findConsent(...given)),
    saveConsent: (...given) => turn(() => store.saveConsent(...given)),
    deleteConsent: (...given) => turn(() => store.deleteConsent(...given)),
    findSession: (...given) => turn(() => store.findSession(...given)),
    saveSession: (...given) => turn(() => store.saveSession(...given)),
    deleteSession: (...given) => turn(() => store.deleteSession(...given)),
    rememberOnce: (...given) => turn(() => store.rememberOnce(...given)),
    incrementCounter: (...given) => turn(() => store.incrementCounter(...given)),
    sweep: (...given) => turn(() => store.sweep(...given)),
  }
}
