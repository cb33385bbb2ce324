import { ConfigurationError } from '../../util/configuration-error.ts'
import { parseJsonObject } from '../../util/json.ts'
import type { ProviderSettings } from './provider-options.ts'
import { environmentKeys, SETTING_KINDS } from './setting-keys.ts'
import { fromSettings } from './settings.ts'

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads providers out of environment variables: `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET`, `GOOGLE_SERVER_METADATA_URL` …
 * Each may be left out. Parameters are written as JSON (`{"prompt":"login"}`) or like a query (`prompt=login&hd=example.com`).
 *
 * @example
 * new OAuth({ secret, settings: clientsFromEnvironment(['google', 'github'], process.env) })
 * @throws ConfigurationError with every problem at once.
 */
export function clientsFromEnvironment<const N extends string>(
  names: readonly N[],
  environment: Environment,
): { readonly [K in N]: ProviderSettings }
export function clientsFromEnvironment(
  names: readonly string[],
  environment: Environment,
): Readonly<Record<string, ProviderSettings>> {
  const problems: string[] = []
  const read = names.map((name) => [name, readVariables(name, environment, problems)] as const)
  if (problems.length > 0) throw new ConfigurationError('OAuth environment', problems)
  return fromSettings(Object.fromEntries(read))
}

function readVariables(name: string, environment: Environment, problems: string[]): Record<string, unknown> {
  const prefix = name.toUpperCase().replaceAll('-', '_')
  const members: [string, unknown][] = []
  for (const [key, setting] of environmentKeys()) {
    const variable = `${prefix}_${key}`
    const text = environment[variable]
    // An empty secret is most likely one that did not arrive: the client says so. Elsewhere, empty is how to say nothing.
    if (text === undefined || (text === '' && setting !== 'clientSecret')) continue
    const value = parseText(SETTING_KINDS[setting], text)
    if (value === undefined) problems.push(`"${variable}" must be JSON, or parameters as in a query`)
    else members.push([setting, value])
  }
  return Object.fromEntries(members)
}

function parseText(kind: string | undefined, text: string): unknown {
  if (kind === 'number') return Number(text)
  if (kind !== 'parameters' && kind !== 'object') return text
  if (!text.trimStart().startsWith('{')) return text.includes('=') ? readPairs(text) : undefined
  try {
    return parseJsonObject(text)
  } catch {
    return undefined
  }
}

function readPairs(text: string): object {
  return Object.fromEntries(new URLSearchParams(text))
}
