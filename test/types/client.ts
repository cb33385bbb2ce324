// What the compiler must know, and what it must refuse, about clients. Checked by `tsc`; nothing here runs.
import type { HttpRequest } from '../../src/http/request.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import {
  type AuthorizationCallback,
  AutonomousClient,
  authorizeDevice,
  ClientSecretJwt,
  Dpop,
  OAuth2Client,
  stepUp,
  type TokenSet,
} from '../../src/oauth2/client/index.ts'
import {
  type CompletedLogin,
  defineOAuth,
  OAuth,
  PlainClient as OAuthPlain,
  OpenIdClient,
  type OpenIdClientOptions,
  type OpenIdTokenSet,
  type PlainClient,
  RegisteredClient,
} from '../../src/oidc/client/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(): T | undefined => undefined

declare const options: OpenIdClientOptions
declare const name: string
declare const request: Parameters<PlainClient['authorizeRedirect']>[0]
const secret = 'secret'

// Clients that were registered are typed members, in each of the three ways.
const chained = new OAuth({ secret }).register('google', options).register('github', options)
isTrue<Equal<typeof chained.google, PlainClient>>()
isTrue<Equal<typeof chained.github, PlainClient>>()
const given = new OAuth({ secret, clients: { google: options, 'my-own': options } })
isTrue<Equal<(typeof given)['my-own'], PlainClient>>()
isTrue<Equal<ReturnType<typeof given.createClient>, PlainClient>>()
const both = given.register('github', options)
isTrue<Equal<typeof both.google, PlainClient>>()
isTrue<Equal<typeof both.github, PlainClient>>()

// @ts-expect-error a client that nobody registered
chained.gitlab
// @ts-expect-error a client that nobody registered
given.gitlab
// @ts-expect-error a registry without clients has none
new OAuth({ secret }).google
// @ts-expect-error a typo in an option
new OAuth({ secret }).register('google', { clientID: 'x' })
// @ts-expect-error no secret
new OAuth({ clients: { google: options } })
// @ts-expect-error an event that there is not
chained.on('token.refreshed', () => undefined)
chained.on('token.updated', ({ provider, token, previous }) => {
  provider satisfies string
  token.userinfo?.sub satisfies string | undefined
  previous?.expires_at satisfies number | undefined
})

// The claims of a login are typed, and there only where the login succeeded.
const login = await given.google.authorizeAccessToken(request)
if (login.ok) {
  isTrue<Equal<typeof login, CompletedLogin>>()
  login.token.userinfo?.sub satisfies string | undefined
} else {
  // @ts-expect-error a failed login has no token
  login.token
}
// @ts-expect-error state, nonce and verifier are the registry's own
await given.google.authorizeRedirect(request, 'https://app.example/cb', { state: 'mine' })

// Codes are redeemed only out of a callback that was validated.
const client = new OAuth2Client({ clientId: 'app', issuer: 'https://op.example' })
const callback = await client.validateCallback('https://app.example/cb', { state: 'S' })
;(await client.fetchToken(callback, { codeVerifier: 'V' })) satisfies TokenSet
// @ts-expect-error an object of the same shape is no validated callback
const forged: AuthorizationCallback = { code: 'C', state: 'S', clientId: 'app', parameters: callback.parameters }
// @ts-expect-error nor are the parameters themselves
await client.fetchToken(callback.parameters)
// @ts-expect-error nor is a code
await client.fetchToken({ code: forged.code })

// An adapter's registry has the adapter's clients.
class AdapterClient extends RegisteredClient {
  readonly kind = 'adapter'
}
const adapted = new (defineOAuth(AdapterClient, (request: HttpRequest) => request))({
  secret,
  clients: { google: options },
}).register('github', options)
adapted.google.kind satisfies 'adapter'
adapted.github.kind satisfies 'adapter'
// @ts-expect-error the steps are for adapters, not for applications
adapted.google.startLogin(request, undefined, {})

// A name that is only known at run time is asked for by `createClient`.
chained.register(name, options).createClient(name) satisfies PlainClient

// Providers of settings need no options; what stands in their place is typed by its class.
isTrue<Equal<ReturnType<typeof given.createClient>, PlainClient>>()
class MyClient extends OAuthPlain {
  readonly mine = true
}
chained.register('mine', { clientClass: MyClient }).mine.mine satisfies true
chained.register('settings').settings satisfies PlainClient
// @ts-expect-error a class that is no client of this registry
chained.register('other', { clientClass: Date })
// @ts-expect-error OAuth 1.0 needs an engine
chained.register('twitter', { requestTokenUrl: 'https://twitter.example/request_token' })
const engine = { createClient: () => ({ speaks: 'OAuth 1.0' as const }) }
const mixed = new OAuth({ secret, oauth1: engine })
mixed.register('twitter', { requestTokenUrl: 'https://twitter.example/request_token' }).twitter
  .speaks satisfies 'OAuth 1.0'
mixed.register('google', options).google satisfies PlainClient
new OAuth({ secret, resolve: (incoming) => ({ name: incoming.url, options }) }).resolveClient(
  request,
) satisfies Promise<PlainClient>
const anyRegistry: OAuth = new OAuth({ secret })
anyRegistry.createClient(name) satisfies PlainClient

// What was granted in detail is typed; what goes on the wire is checked where it has a name.
const granted = await client.fetchToken(callback, { codeVerifier: 'V', resource: ['https://api.example'] })
granted.authorization_details?.map(({ type }) => type satisfies string)
await client.createAuthorizationUrl({ authorizationDetails: [{ type: 'payment', amount: 5 }] })
// @ts-expect-error a detail without a type
await client.createAuthorizationUrl({ authorizationDetails: [{ amount: 5 }] })
// @ts-expect-error a place that there is not
new OAuth2Client({ clientId: 'app', issuer: 'https://op.example', tokenPlacement: 'uri' })
// @ts-expect-error a key is not yet a proof
new OAuth2Client({ clientId: 'app', issuer: 'https://op.example', dpop: await Key.generate('ES256') })
new OAuth2Client({ clientId: 'app', issuer: 'https://op.example', dpop: new Dpop(await Key.generate('ES256')) })

// What a device is given is what its client makes of tokens; a call that is the client's own brings no token.
const device = await authorizeDevice(new OpenIdClient(options))
isTrue<Equal<Awaited<ReturnType<typeof device.poll>>, OpenIdTokenSet>>()
const plainDevice = await authorizeDevice(client)
isTrue<Equal<Awaited<ReturnType<typeof plainDevice.poll>>, TokenSet>>()
const machine = new AutonomousClient(client, () => client.clientCredentials())
// @ts-expect-error it has its own
await machine.get('https://api.example', { token: granted })
// @ts-expect-error an algorithm that no secret signs with
new ClientSecretJwt(secret, { alg: 'ES256' })
// What has to be asked for fits what asks for it.
const more = stepUp(new Error(), { scope: granted.scope })
if (more !== undefined) await chained.google.authorizeRedirect(request, 'https://app.example/cb', more)

// Where tokens are kept may know what requests look like.
interface AppRequest {
  readonly user: string
}
const fetchToken = (request: AppRequest): TokenSet => ({ access_token: request.user, token_type: 'Bearer' })
new OAuth({ secret, fetchToken: (_name: string, request: AppRequest) => fetchToken(request) }).register('op', {
  fetchToken,
})
// @ts-expect-error a token without its type
new OAuth({ secret, fetchToken: () => ({ access_token: 'a' }) })
