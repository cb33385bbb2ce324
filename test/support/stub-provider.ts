import { sha256Base64url } from '../../src/crypto/hash.ts'
import { randomToken } from '../../src/crypto/random.ts'
import type { OutgoingRequest, OutgoingResponse, Transport } from '../../src/http/fetch.ts'
import { FetchError } from '../../src/http/fetch-error.ts'
import { RequestParameters } from '../../src/http/form.ts'
import { headerOf } from '../../src/http/response.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import { type JwtClaims, signJwt } from '../../src/jose/jwt/index.ts'
import { tokenHash } from '../../src/oidc/id-token.ts'
import { encodeUtf8 } from '../../src/util/bytes.ts'

export const NOW = 1_800_000_000

/** A clock that stands until it is set. */
export class TestClock {
  seconds = NOW

  readonly read = (): number => this.seconds * 1000

  advance(seconds: number): void {
    this.seconds += seconds
  }
}

/** A plain answer. */
export function answer(
  status: number,
  body: object | string | Uint8Array,
  type = 'application/json',
): OutgoingResponse {
  const bytes = body instanceof Uint8Array ? body : encodeUtf8(typeof body === 'string' ? body : JSON.stringify(body))
  return { status, headers: [['content-type', type]], body: bytes }
}

interface Grant {
  readonly nonce: string | undefined
  readonly challenge: string | undefined
  readonly redirectUri: string
  readonly maxAge: boolean
}

type Handler = (request: OutgoingRequest, form: RequestParameters) => OutgoingResponse | Promise<OutgoingResponse>

/** The signing keys are the slow part; every provider of a test file shares them. */
const signingKeys = new Map<string, Promise<Key>>()

export function signingKey(name: string, alg = 'ES256'): Promise<Key> {
  const id = `${name} ${alg}`
  const key = signingKeys.get(id) ?? Key.generate(alg, { kid: name })
  signingKeys.set(id, key)
  return key
}

/** The same key under no name. */
export async function withoutKid(key: Key): Promise<Key> {
  const { kid: _, ...jwk } = key.toPrivateJwk()
  return Key.import(jwk)
}

/** A provider in the process, reached through the transport. It follows the rules until it is told not to. */
export class StubProvider {
  readonly issuer: string
  readonly clock: TestClock
  readonly clientId: string
  /** Every request that came in. */
  readonly requests: OutgoingRequest[] = []
  /** Members that stand in the metadata above the usual ones; `undefined` takes one away. */
  metadata: Record<string, unknown> = {}
  /** Claims that stand in the ID token above the usual ones; `undefined` takes one away. */
  claims: Record<string, unknown> = {}
  /** Members that stand in the token response above the usual ones; `undefined` takes one away. */
  token: Record<string, unknown> = {}
  userinfo: Record<string, unknown> = { sub: 'alice', email: 'alice@example.com' }
  /** Signs; the first of `published` until something else is said. */
  signer: Key
  alg = 'ES256'
  published: readonly Key[]
  /** Answers in place of the usual ones, by path. */
  readonly handlers: Map<string, Handler> = new Map()
  readonly #grants: Map<string, Grant> = new Map()

  private constructor(issuer: string, key: Key, clock: TestClock, clientId: string) {
    this.issuer = issuer
    this.clock = clock
    this.clientId = clientId
    this.signer = key
    this.published = [key]
  }

  static async create(issuer = 'https://op.example', clock = new TestClock(), clientId = 'app'): Promise<StubProvider> {
    return new StubProvider(issuer, await signingKey('k1'), clock, clientId)
  }

  readonly transport: Transport = async (request) => {
    this.requests.push(request)
    const { origin, pathname } = new URL(request.url)
    const form = RequestParameters.parse(typeof request.body === 'string' ? request.body : '')
    const handler =
      origin === new URL(this.issuer).origin ? (this.handlers.get(pathname) ?? this.#usual(pathname)) : undefined
    if (handler === undefined) throw new FetchError('network', request)
    return handler(request, form)
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.requests.filter(({ url }) => new URL(url).pathname === path).length
  }

  /** The person says yes: the URL that the browser is sent back to. */
  authorize(url: string): string {
    const query = new URL(url).searchParams
    const code = randomToken(16)
    const redirectUri = query.get('redirect_uri') ?? ''
    this.#grants.set(code, {
      nonce: query.get('nonce') ?? undefined,
      challenge: query.get('code_challenge') ?? undefined,
      redirectUri,
      maxAge: query.has('max_age'),
    })
    return this.callback(url, { code })
  }

  /** The URL that the browser is sent back to, with these parameters. */
  callback(url: string, parameters: Record<string, string>): string {
    const query = new URL(url).searchParams
    const back = new URL(query.get('redirect_uri') ?? '')
    for (const [name, value] of Object.entries({ ...parameters, state: query.get('state') ?? '', iss: this.issuer })) {
      back.searchParams.set(name, value)
    }
    return back.href
  }

  async signIdToken(claims: Record<string, unknown>): Promise<string> {
    const stamped: JwtClaims = {
      iss: this.issuer,
      sub: 'alice',
      aud: this.clientId,
      iat: this.clock.seconds,
      exp: this.clock.seconds + 3600,
      ...claims,
    }
    return signJwt(stamped, this.signer, { alg: this.alg })
  }

  #usual(path: string): Handler | undefined {
    const usual: Record<string, Handler> = {
      '/.well-known/openid-configuration': () => answer(200, this.#metadata()),
      '/jwks': () => answer(200, { keys: this.published.map((key) => key.toPublicJwk()) }),
      '/token': (request, form) => this.#token(request, form),
      '/userinfo': () => answer(200, this.userinfo),
      '/revoke': () => answer(200, ''),
      '/api/files': (request) =>
        answer(200, { authorization: headerOf({ headers: request.headers ?? [] }, 'authorization') }),
    }
    return usual[path]
  }

  #metadata(): object {
    const at = (path: string): string => new URL(path, this.issuer).href
    return {
      issuer: this.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      jwks_uri: at('/jwks'),
      userinfo_endpoint: at('/userinfo'),
      revocation_endpoint: at('/revoke'),
      end_session_endpoint: at('/logout'),
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    }
  }

  async #token(_: OutgoingRequest, form: RequestParameters): Promise<OutgoingResponse> {
    if (form.get('grant_type') !== 'authorization_code') return answer(200, this.#response({}))
    const code = form.get('code') ?? ''
    const grant = this.#grants.get(code)
    // A code is good for one try.
    this.#grants.delete(code)
    const challenge = await sha256Base64url(form.get('code_verifier') ?? '')
    const isRight = grant?.redirectUri === form.get('redirect_uri') && grant?.challenge === challenge
    if (grant === undefined || !isRight) return answer(400, { error: 'invalid_grant' })
    const accessToken = randomToken(16)
    const idToken = await this.signIdToken({
      nonce: grant.nonce,
      at_hash: await tokenHash(accessToken, this.alg),
      ...(grant.maxAge && { auth_time: this.clock.seconds }),
      ...this.claims,
    })
    return answer(200, this.#response({ access_token: accessToken, id_token: idToken }))
  }

  #response(members: object): object {
    return {
      access_token: randomToken(16),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: randomToken(16),
      ...members,
      ...this.token,
    }
  }
}
