import { ConfigurationError } from '../../util/configuration-error.ts'
import { isJsonObject } from '../../util/json.ts'
import type { ProviderSettings } from './provider-options.ts'
import { findSetting, SETTING_KINDS, type SettingKind } from './setting-keys.ts'

const EXPECTED: Readonly<Record<SettingKind, string>> = {
  text: 'a text',
  number: 'a number',
  scope: 'a text or a list of texts',
  parameters: 'an object of texts',
  object: 'an object',
  anything: 'anything',
}

/**
 * Reads an object with a member for each provider, shaped like Authlib's `AUTHLIB_OAUTH_CLIENTS`: keys in snake_case or
 * camelCase, any of them left out, `null` or `undefined`.
 *
 * @example
 * new OAuth({ secret, settings: fromSettings(JSON.parse(await readFile('oauth.json', 'utf8'))) })
 * @throws ConfigurationError with every problem at once.
 */
export function fromSettings(settings: unknown): Readonly<Record<string, ProviderSettings>> {
  if (!isJsonObject(settings)) throw new ConfigurationError('OAuth settings', ['expected an object of providers'])
  const problems: string[] = []
  const providers = Object.entries(settings).map(([name, provider]) => {
    if (isJsonObject(provider)) return [name, readProvider(provider, `${name}.`, problems)] as const
    if (provider !== null && provider !== undefined) problems.push(`"${name}" must be an object`)
    return [name, {}] as const
  })
  if (problems.length > 0) throw new ConfigurationError('OAuth settings', problems)
  return Object.fromEntries(providers)
}

/** @param problems to which is added what is wrong. */
function readProvider(members: object, path: string, problems: string[]): ProviderSettings {
  const read: [string, unknown][] = []
  for (const [key, value] of Object.entries(members)) {
    if (value === null || value === undefined) continue
    const setting = findSetting(key)
    const kind = setting && SETTING_KINDS[setting]
    if (setting === undefined || kind === undefined) problems.push(`"${path}${key}" is unknown`)
    else if (read.some(([name]) => name === setting)) problems.push(`"${path}${key}" is said twice, in two spellings`)
    else if (!FITS[kind](value)) problems.push(`"${path}${key}" must be ${EXPECTED[kind]}`)
    else if (setting === 'clientOptions') read.push([setting, readProvider(Object(value), `${path}${key}.`, problems)])
    else read.push([setting, translate(setting, value)])
  }
  // Each value was held to the kind of its key; what a text may say is checked where the client is made.
  return Object.fromEntries(read) as ProviderSettings
}

const isText = (value: unknown): boolean => typeof value === 'string'

const FITS: Readonly<Record<SettingKind, (value: unknown) => boolean>> = {
  text: isText,
  number: (value) => typeof value === 'number',
  scope: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
  parameters: (value) => isJsonObject(value) && Object.values(value).every(isText),
  object: isJsonObject,
  anything: () => true,
}

/** Authlib's names for the places of a token. */
const PLACEMENTS: Readonly<Record<string, string>> = { headers: 'header', uri: 'query', url: 'query' }

function translate(setting: string, value: unknown): unknown {
  const isPlacement = setting === 'tokenPlacement' && typeof value === 'string' && Object.hasOwn(PLACEMENTS, value)
  return isPlacement ? PLACEMENTS[value] : value
}
