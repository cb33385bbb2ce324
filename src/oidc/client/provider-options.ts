import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Registration } from './login-types.ts'
import type { OpenIdClientOptions } from './options.ts'

/** Options that may also stand together under `clientOptions`. */
type ClientOption =
  | 'scope'
  | 'tokenEndpointAuthMethod'
  | 'revocationEndpointAuthMethod'
  | 'tokenPlacement'
  | 'codeChallengeMethod'
  | 'redirectUri'
  | 'leeway'

const CLIENT_OPTIONS: readonly ClientOption[] = [
  'scope',
  'tokenEndpointAuthMethod',
  'revocationEndpointAuthMethod',
  'tokenPlacement',
  'codeChallengeMethod',
  'redirectUri',
  'leeway',
]

/** How the client behaves, in one place: the same as at the top. */
export type ClientBehaviour = Partial<Pick<OpenIdClientOptions, ClientOption>>

/**
 * A provider to register. Each key may be left out where settings or the environment say it.
 *
 * @typeParam C the client that is made of it.
 */
export interface ProviderOptions<C = unknown> extends Partial<OpenIdClientOptions> {
  clientOptions?: ClientBehaviour
  /** A class of yours in the place of the usual one, which it extends. */
  clientClass?: new (
    registration: Registration,
  ) => C
}

/** Options of OAuth 2 providers that mean the same for those of OAuth 1.0. */
type SharedOptions =
  | 'clientId'
  | 'clientSecret'
  | 'authorizeUrl'
  | 'authorizeParams'
  | 'accessTokenUrl'
  | 'accessTokenParams'
  | 'apiBaseUrl'
  | 'redirectUri'
  | 'userAgent'
  | 'transport'
  | 'clock'
  | 'logger'

/** A provider that speaks OAuth 1.0, which is told by its having a `requestTokenUrl`. */
export interface OAuth1ProviderOptions extends Pick<ProviderOptions, SharedOptions> {
  /** Where temporary credentials come from. @spec RFC 5849 §2.1 */
  requestTokenUrl: string
  requestTokenParams?: Readonly<Record<string, string>>
}

/** What a registry hands to the engine of OAuth 1.0 providers. */
export interface OAuth1Registration extends Omit<Registration, 'options'> {
  readonly options: OAuth1ProviderOptions
}

/**
 * Makes the clients of OAuth 1.0 providers. They come from elsewhere, so that nobody loads them who needs none.
 *
 * @typeParam D the clients.
 */
export interface OAuth1Engine<D> {
  createClient(registration: OAuth1Registration): D
}

/** Anything that settings may say about a provider, of either kind. */
export interface ProviderSettings extends ProviderOptions, Pick<Partial<OAuth1ProviderOptions>, OAuth1Keys> {}

type OAuth1Keys = 'requestTokenUrl' | 'requestTokenParams'

/** The options of `clientOptions` at the top. @throws ConfigurationError where both places have one, with different values. */
export function flattenOptions(name: string, { clientOptions, ...options }: ProviderSettings): ProviderSettings {
  if (clientOptions === undefined) return options
  const problems = CLIENT_OPTIONS.filter((key) => differ(options[key], clientOptions[key])).map(
    (key) => `"${key}" is said twice, differently: at the top and in "clientOptions"`,
  )
  if (problems.length > 0) throw new ConfigurationError(`OAuth "${name}"`, problems)
  return { ...clientOptions, ...options }
}

function differ(one: unknown, other: unknown): boolean {
  return one !== undefined && other !== undefined && toComparable(one) !== toComparable(other)
}

/** A scope may be a text or a list. */
function toComparable(value: unknown): unknown {
  return Array.isArray(value) ? value.join(' ') : value
}

/** What stands above, and where that says nothing, what stands below; members of parameters are joined one by one. */
export function layerOptions(above: ProviderSettings, below: ProviderSettings): ProviderSettings {
  const joined = JOINED.filter((key) => above[key] !== undefined && below[key] !== undefined)
  const members = joined.map((key) => [key, { ...below[key], ...above[key] }] as const)
  return { ...below, ...above, ...Object.fromEntries(members) }
}

const JOINED = [
  'requestTokenParams',
  'authorizeParams',
  'accessTokenParams',
  'refreshTokenParams',
  'serverMetadata',
] as const
