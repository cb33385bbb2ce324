// @ts-check
// The plan of the house as a table: who may import whom. `.dependency-cruiser.cjs` makes rules of it.

/** Where each room is, as a pattern on paths from the repository. A room inside a room is named before the outer one. */
const PLACES = /** @type {const} */ ({
  util: '^src/util/',
  crypto: '^src/crypto/',
  http: '^src/http/',
  jose: '^src/jose/',
  oauth1: '^src/oauth1/',
  'oauth2 wire': '^src/oauth2/([^/]+$|client-metadata/)',
  'oauth2/client': '^src/oauth2/client/',
  'oauth2/server': '^src/oauth2/server/',
  'oauth2/resource': '^src/oauth2/resource/',
  'oidc wire': '^src/oidc/[^/]+$',
  'oidc/client': '^src/oidc/client/',
  'oidc/server': '^src/oidc/server/',
  session: '^src/session/',
  stores: '^src/stores/',
  providers: '^src/providers/',
})

/** Single files that are open to rooms which may not see the room around them. */
const WINDOWS = /** @type {const} */ ({
  'oauth2/server index': '^src/oauth2/server/index\\.ts$',
  'server ports': '^src/oauth2/server/(store|records)\\.ts$',
  'oauth1 ports': '^src/oauth1/server/store\\.ts$',
})

/** @typedef {keyof typeof PLACES} Room */
/** @typedef {Room | keyof typeof WINDOWS} Target */

const LEAVES = /** @type {const} */ (['util', 'crypto', 'http'])
const WIRE = /** @type {const} */ ([...LEAVES, 'jose', 'oauth2 wire'])
const OIDC_WIRE = /** @type {const} */ ([...WIRE, 'oidc wire'])

/**
 * What a room may import besides itself. Client and server do not appear in each other's row: they are strangers.
 *
 * @type {Record<Room, readonly Target[]>}
 */
const MAY_IMPORT = {
  util: [],
  crypto: ['util'],
  http: ['util', 'crypto'],
  jose: LEAVES,
  session: LEAVES,
  oauth1: [...LEAVES, 'jose'],
  'oauth2 wire': [...LEAVES, 'jose'],
  'oauth2/client': OIDC_WIRE,
  'oauth2/server': OIDC_WIRE,
  'oauth2/resource': [...OIDC_WIRE, 'server ports'],
  'oidc wire': WIRE,
  'oidc/client': [...OIDC_WIRE, 'oauth2/client', 'session'],
  // OpenID Connect is an extension like anybody's: the provider uses what every user of the server can use.
  'oidc/server': [...OIDC_WIRE, 'oauth2/server index'],
  stores: [...OIDC_WIRE, 'server ports', 'oauth1 ports'],
  providers: [...OIDC_WIRE, 'oauth2/client'],
}

module.exports = { PLACES, WINDOWS, MAY_IMPORT }
