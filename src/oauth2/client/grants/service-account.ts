import { randomId } from '../../../crypto/random.ts'
import type { AlgorithmName, Key } from '../../../jose/jwk/index.ts'
import type { SigningKeySource } from '../../../jose/jwks/index.ts'
import { type JwtClaims, signJwt } from '../../../jose/jwt/index.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import type { Duration } from '../../../util/duration.ts'
import type { ClientAuthentication } from '../auth/client-auth.ts'
import { AutonomousClient } from '../autonomous-client.ts'
import { OAuth2Client } from '../client.ts'
import { getEndpoint } from '../endpoint-request.ts'
import type { OAuth2ClientOptions } from '../options.ts'
import type { TokenSet } from '../token-set.ts'
import { exchangeAssertion } from './jwt-bearer.ts'

/** Where the server is, how it is reached and how tokens are used. */
type ServerOptions = Pick<
  OAuth2ClientOptions,
  | ('serverMetadataUrl' | 'accessTokenUrl' | 'serverMetadata' | 'metadataStore' | 'acceptIssuer')
  | ('clientSecret' | 'tokenEndpointAuthMethod' | 'clientAuthMethods' | 'accessTokenParams' | 'resource')
  | ('apiBaseUrl' | 'dpop' | 'tokenPlacement' | 'leeway')
  | ('compliance' | 'transport' | 'userAgent' | 'clock' | 'logger')
>

export interface ServiceAccountOptions extends ServerOptions {
  /** Who signs: the account's name at the server (`iss`). */
  issuer: string
  /** For whom it acts (`sub`): itself, unless it may act for others. `false` leaves it out, as some servers want it. */
  subject?: string | false
  /** A private key, or a set whose current key signs. */
  key: Key | SigningKeySource
  alg?: AlgorithmName
  /** The server's name (`aud`). Default: its issuer where its metadata are known, otherwise its token endpoint. */
  audience?: string
  /** What to ask for. */
  scope?: string
  /** Servers that read the scope from the assertion want it as a claim, too: `{ scope: '…' }`. */
  claims?: JwtClaims
  /** How long an assertion is good for; one minute. */
  lifetime?: Duration
  /** Where the account is a registered client besides; without, the assertion alone says who asks. @spec RFC 7521 §4.1 */
  clientId?: string
}

/**
 * A program with a key of its own, at servers that know its public half: for each token it signs an assertion. The token
 * is fetched when it is first needed, and again when it ends.
 *
 * @example
 * const robot = new ServiceAccount({
 *   accessTokenUrl: 'https://oauth2.googleapis.com/token',
 *   issuer: 'robot@project.iam.gserviceaccount.com',
 *   key: await Key.import(privateKeyPem, { alg: 'RS256', kid: privateKeyId }),
 *   claims: { scope: 'https://www.googleapis.com/auth/calendar.readonly' },
 * })
 * const calendars = await robot.get('https://www.googleapis.com/calendar/v3/users/me/calendarList')
 * @spec RFC 7523 §2.1
 */
export class ServiceAccount extends AutonomousClient {
  constructor(options: ServiceAccountOptions) {
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('ServiceAccount', problems)
    const client = toClient(options)
    super(client, () => fetchToken(client, options))
  }
}

function findProblems({ issuer, key }: ServiceAccountOptions): string[] {
  const isPublic = !('signingKey' in key) && !key.isPrivate
  return [
    ...(issuer ? [] : ['"issuer" is missing: expected the name of the account']),
    ...(isPublic ? ['"key" must be a private key: what it signs is checked with its public half'] : []),
  ]
}

/** Says nothing: what the assertion proves is enough. @spec RFC 7521 §4.1 */
const NOBODY: ClientAuthentication = { method: 'none', authenticate: () => ({}) }

function toClient({ issuer, clientId, ...options }: ServiceAccountOptions): OAuth2Client {
  const { subject: _subject, key: _key, alg: _alg, audience: _audience, ...rest } = options
  const { scope: _scope, claims: _claims, lifetime: _lifetime, ...server } = rest
  if (clientId !== undefined) return new OAuth2Client({ ...server, clientId })
  return new OAuth2Client({ tokenEndpointAuthMethod: NOBODY, ...server, clientId: issuer })
}

async function fetchToken(client: OAuth2Client, options: ServiceAccountOptions): Promise<TokenSet> {
  const { scope, resource } = options
  const assertion = await signAssertion(client, options)
  return exchangeAssertion(client, assertion, { parameters: { resource }, ...(scope !== undefined && { scope }) })
}

/** @spec RFC 7523 §3 */
async function signAssertion(client: OAuth2Client, options: ServiceAccountOptions): Promise<string> {
  const { issuer, subject = issuer, key, alg, claims, lifetime = '1m' } = options
  const server = await client.metadata()
  const audience = options.audience ?? server.issuer ?? getEndpoint(server, 'token_endpoint')
  const own = { iss: issuer, ...(subject !== false && { sub: subject }), aud: audience, jti: randomId() }
  const algorithm = alg ?? ('signingKey' in key ? undefined : (key.defaultAlgorithm ?? 'RS256'))
  return signJwt({ ...claims, ...own }, key, {
    clock: client.clock,
    expiresIn: lifetime,
    ...(algorithm !== undefined && { alg: algorithm }),
  })
}
