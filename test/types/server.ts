/** What must and must not compile when a server is put together. Checked by the compiler, never run. */

import { ImplicitGrant } from '../../src/oauth2/server/implicit.ts'
import {
  AuthorizationCodeGrant,
  type AuthorizationCodeStore,
  AuthorizationEndpoint,
  type AuthorizationRequest,
  AuthorizationServer,
  ClientCredentialsGrant,
  ClientRegistration,
  ClientSecretJwt,
  type ClientStore,
  DeviceAuthorizationEndpoint,
  DeviceCodeGrant,
  Dpop,
  type Endpoint,
  type Extension,
  IntrospectionEndpoint,
  JwtBearerGrant,
  OAuth2Error,
  PrivateKeyJwt,
  PushedAuthorization,
  type RedirectTarget,
  RefreshTokenGrant,
  RequestObjects,
  RevocationEndpoint,
  type TokenContext,
  TokenExchangeGrant,
  type TokenGrant,
  type TokenStore,
} from '../../src/oauth2/server/index.ts'
import { PasswordGrant } from '../../src/oauth2/server/password.ts'
import { MemoryStore } from '../../src/stores/memory.ts'

const issuer = 'https://op.example'
declare const minimal: ClientStore & TokenStore
declare const codes: ClientStore & AuthorizationCodeStore
const full = new MemoryStore()

// A store with every part takes every grant.
new AuthorizationServer({ issuer, store: full })
  .registerGrant(AuthorizationCodeGrant)
  .registerGrant(RefreshTokenGrant, { rotate: true })
  .registerGrant(new RefreshTokenGrant())
  .registerGrant(ClientCredentialsGrant)
  .registerEndpoint(RevocationEndpoint)

// A grant whose store part is missing does not compile, however it is registered.
const small = new AuthorizationServer({ issuer, store: minimal }).registerGrant(ClientCredentialsGrant)
// @ts-expect-error: no authorization codes
small.registerGrant(AuthorizationCodeGrant)
// @ts-expect-error: no authorization codes
small.registerGrant(new AuthorizationCodeGrant())
// @ts-expect-error: no refresh tokens
small.registerGrant(RefreshTokenGrant, { rotate: true })
// @ts-expect-error: no refresh tokens
small.registerEndpoint(RevocationEndpoint)
new AuthorizationServer({ issuer, store: codes })
  .registerGrant(AuthorizationCodeGrant)
  // @ts-expect-error: authorization codes are no refresh tokens
  .registerGrant(RefreshTokenGrant)

// Endpoints and extensions name theirs, and the options are those of the class.
new AuthorizationServer({ issuer, store: full })
  .registerEndpoint(IntrospectionEndpoint, {
    authorize: async ({ store }) => (await store.findClient('x')) && { id: 'x' },
  })
  .registerExtension(ClientRegistration, { initialAccess: { scope: 'register' } })
// @ts-expect-error: no refresh tokens
small.registerEndpoint(IntrospectionEndpoint)
// @ts-expect-error: clients cannot be changed
small.registerExtension(ClientRegistration, { initialAccess: 'open' })
// @ts-expect-error: who may register has to be said
new AuthorizationServer({ issuer, store: full }).registerExtension(ClientRegistration, {})
// @ts-expect-error: closed is said by naming who may
new AuthorizationServer({ issuer, store: full }).registerExtension(ClientRegistration, { initialAccess: 'closed' })

// A store that lacks what every server needs is none.
// @ts-expect-error: no clients
new AuthorizationServer({ issuer, store: {} })

// Options are those of the class.
// @ts-expect-error: no such option
new AuthorizationServer({ issuer, store: full }).registerGrant(RefreshTokenGrant, { rotates: true })
// @ts-expect-error: a time of no known unit
new AuthorizationServer({ issuer, store: full, lifetimes: { accessToken: '10 minutes' } })

// Parts of your own name the store they need.
interface PinStore {
  verifyPin(subject: string, pin: string): Promise<boolean>
}
const pinGrant: TokenGrant<PinStore> = {
  grantType: 'urn:example:params:oauth:grant-type:pin',
  parameters: ['username', 'pin'],
  async grant({ params, store }) {
    const subject = params.get('username') ?? ''
    // @ts-expect-error: it said it needs pins only
    store.findClient('web')
    if (!(await store.verifyPin(subject, params.get('pin') ?? ''))) throw new OAuth2Error('invalid_grant', 'wrong pin')
    return { subject, refreshable: true }
  },
}
class PinGrant implements TokenGrant<PinStore> {
  readonly grantType = pinGrant.grantType
  readonly length: number
  constructor(options: { length: number }) {
    this.length = options.length
  }
  async grant({ params, store }: TokenContext<PinStore>) {
    const pin = params.get('pin') ?? ''
    return { scope: String(pin.length === this.length && (await store.verifyPin('alice', pin))) }
  }
}
declare const both: TokenGrant<ClientStore & PinStore>
// @ts-expect-error: clients, but no pins
new AuthorizationServer({ issuer, store: full }).registerGrant(both)
declare const pins: ClientStore & TokenStore & PinStore
new AuthorizationServer({ issuer, store: pins }).registerGrant(pinGrant)
// @ts-expect-error: no pins
new AuthorizationServer({ issuer, store: full }).registerGrant(pinGrant)
new AuthorizationServer({ issuer, store: pins }).registerGrant(PinGrant, { length: 4 })
// @ts-expect-error: no pins
new AuthorizationServer({ issuer, store: full }).registerGrant(PinGrant, { length: 4 })
// @ts-expect-error: no such option
new AuthorizationServer({ issuer, store: pins }).registerGrant(PinGrant, { size: 4 })

// Each grant of the package names what it needs.
const devices = new AuthorizationServer({ issuer, store: full })
  .registerGrant(DeviceCodeGrant)
  .registerEndpoint(DeviceAuthorizationEndpoint, { userCode: 'digits' })
  .registerGrant(TokenExchangeGrant, { policy: () => undefined })
  .registerGrant(JwtBearerGrant, { issuers: [] })
  .registerGrant(PasswordGrant, { authenticate: () => undefined })
  .registerGrant(ImplicitGrant)
// @ts-expect-error: no device codes
small.registerGrant(DeviceCodeGrant)
// @ts-expect-error: no device codes
small.registerEndpoint(DeviceAuthorizationEndpoint)
// @ts-expect-error: nowhere to remember assertions
small.registerGrant(JwtBearerGrant, { issuers: [] })
// @ts-expect-error: no families
small.registerGrant(TokenExchangeGrant, { policy: () => undefined })
// @ts-expect-error: nobody says yes
devices.registerGrant(TokenExchangeGrant, {})
// @ts-expect-error: nobody says whose a password is
devices.registerGrant(PasswordGrant, {})

// So does each way to prove a client, and each extension.
new AuthorizationServer({ issuer, store: full })
  .registerClientAuthMethod(PrivateKeyJwt, { maxLifetime: '5m' })
  .registerClientAuthMethod(ClientSecretJwt)
  .registerExtension(PushedAuthorization, { required: true })
  .registerExtension(RequestObjects, { required: true, byReference: false })
// @ts-expect-error: nowhere to remember assertions
small.registerClientAuthMethod(PrivateKeyJwt)
// @ts-expect-error: nowhere to remember assertions
small.registerClientAuthMethod(new ClientSecretJwt())
// @ts-expect-error: no pushed requests
small.registerExtension(PushedAuthorization)
// @ts-expect-error: nowhere to remember request objects
small.registerExtension(RequestObjects)
// @ts-expect-error: a time of no known unit
new PrivateKeyJwt({ maxLifetime: '5 minutes' })

const pinEndpoint: Endpoint<PinStore> = {
  name: 'pin',
  path: '/pin',
  methods: ['POST'],
  handle: () => ({ status: 204, headers: [] }),
}
new AuthorizationServer({ issuer, store: pins }).registerEndpoint(pinEndpoint)
// @ts-expect-error: no pins
new AuthorizationServer({ issuer, store: full }).registerEndpoint(pinEndpoint)

const pinExtension: Extension<PinStore> = { name: 'pin', install: (registry) => registry.registerGrant(pinGrant) }
new AuthorizationServer({ issuer, store: pins }).registerExtension(pinExtension)
// @ts-expect-error: no pins
new AuthorizationServer({ issuer, store: full }).registerExtension(pinExtension)

// The endpoint's callback sees the store of the server it is registered with.
new AuthorizationServer({ issuer, store: pins }).registerEndpoint(
  new AuthorizationEndpoint({
    interact: async ({ store }) => ({ subject: (await store.verifyPin('a', '1')) ? 'a' : 'b' }),
  }),
)

// The answer has the shape that the request came in.
declare const fetchRequest: Request
async function answers(server: AuthorizationServer<MemoryStore>): Promise<Response> {
  const request = await server.getConsentGrant(fetchRequest)
  const token: Response = await server.createTokenResponse(fetchRequest)
  await token.text()
  return server.createAuthorizationResponse(request, { subject: 'alice' })
}
await answers(new AuthorizationServer({ issuer, store: full }))

// Only the pipeline makes a redirect target, and an approval names somebody.
// @ts-expect-error: a string is not proven
export const target: RedirectTarget = 'https://evil.example'
declare const server: AuthorizationServer<MemoryStore>
declare const request: AuthorizationRequest
// @ts-expect-error: an approval has a subject
await server.createAuthorizationResponse(request, { scope: 'read' })
// @ts-expect-error: no such reason
await server.createAuthorizationResponse(request, { denied: true, error: 'invalid_grant' })
// @ts-expect-error: no such event
server.on('token.stolen', () => undefined)

// What the application ends by itself needs its part of the store, too.
void new AuthorizationServer({ issuer, store: full }).revokeSubject('alice')
void new AuthorizationServer({ issuer, store: codes }).revokeGrant('grant')
// @ts-expect-error: nothing that ends all of a person's grants
void new AuthorizationServer({ issuer, store: codes }).revokeSubject('alice')
// @ts-expect-error: no grants
void small.revokeGrant('grant')
// @ts-expect-error: no refresh tokens
void small.revokeToken('token')

new AuthorizationServer({ issuer, store: full }).registerExtension(Dpop, { nonces: { secrets: 'secret' } })
// @ts-expect-error: nowhere to remember proofs
small.registerExtension(Dpop)
// @ts-expect-error: no such lifetime can be a rule
new AuthorizationServer({ issuer, store: full, lifetimes: { refreshReplay: () => 15 } })
