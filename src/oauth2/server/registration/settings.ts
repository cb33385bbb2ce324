import type { Transport } from '../../../http/fetch.ts'
import { guardedFetch } from '../../../http/ssrf.ts'
import type { Seconds } from '../../../util/clock.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../../util/duration.ts'
import type { ClientRegistrationOptions } from './options.ts'

/** The grant types in which a person decides. What a client could do without anybody is asked for by name. */
const DEFAULT_GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
] as const

/** A token that can be guessed lets everybody in. */
const SHORTEST_TOKEN = 32

/** The options of registration after they were checked, each with its value. */
export interface RegistrationSettings
  extends Pick<ClientRegistrationOptions, 'initialAccess' | 'scopes' | 'policy' | 'softwareStatements'> {
  readonly grantTypes: readonly string[]
  readonly quota: { readonly clients: number; readonly within: Seconds }
  readonly unusedLifetime: Seconds
  readonly secretLifetime: Seconds | undefined
  readonly transport: Transport
}

/** @throws ConfigurationError with every problem at once. */
export function checkRegistrationOptions(options: ClientRegistrationOptions): RegistrationSettings {
  const problems = findProblems(options)
  if (problems.length > 0) throw new ConfigurationError('ClientRegistration', problems)
  const { quota = { clients: 100, within: '1d' }, secretLifetime } = options
  return {
    ...options,
    grantTypes: options.grantTypes ?? DEFAULT_GRANT_TYPES,
    quota: { clients: quota.clients, within: toSeconds(quota.within) },
    unusedLifetime: toSeconds(options.unusedLifetime ?? '90d'),
    secretLifetime: secretLifetime === undefined ? undefined : toSeconds(secretLifetime),
    transport: options.transport ?? guardedFetch(),
  }
}

function findProblems(options: ClientRegistrationOptions): string[] {
  const { initialAccess, quota, softwareStatements, unusedLifetime, secretLifetime } = options
  const problems: string[] = []
  if (initialAccess === undefined) {
    problems.push('"initialAccess" must say who may register clients; "open" lets in everybody')
  } else if (initialAccess !== 'open' && 'tokens' in initialAccess && !areLong(initialAccess.tokens)) {
    problems.push(`"initialAccess.tokens" must be random texts of at least ${SHORTEST_TOKEN} characters`)
  }
  if (quota !== undefined && !(Number.isSafeInteger(quota.clients) && quota.clients > 0 && isSpan(quota.within))) {
    problems.push('"quota" must be a number of clients above 0 within a time, such as { clients: 100, within: "1d" }')
  }
  if (unusedLifetime !== undefined && !isSpan(unusedLifetime)) problems.push(notSpan('unusedLifetime'))
  if (secretLifetime !== undefined && !isSpan(secretLifetime)) problems.push(notSpan('secretLifetime'))
  if (softwareStatements?.issuers.some(({ algorithms }) => algorithms.length === 0)) {
    problems.push('"softwareStatements.issuers" must each name at least one algorithm')
  }
  return problems
}

function areLong(tokens: readonly string[]): boolean {
  return tokens.length > 0 && tokens.every((token) => token.length >= SHORTEST_TOKEN)
}

function isSpan(duration: Duration): boolean {
  return isDuration(duration) && toSeconds(duration) > 0
}

function notSpan(name: string): string {
  return `"${name}" must be a whole number of seconds above 0, or a text such as "90d"`
}
