import type { ProviderSettings } from './provider-options.ts'

/** What a setting holds, and so how it is read out of a text. */
export type SettingKind = 'text' | 'number' | 'scope' | 'parameters' | 'object' | 'anything'

/** Every option that settings may hold. What may be an object is `anything`: the client looks at it. */
export const SETTING_KINDS: Readonly<Record<keyof ProviderSettings, SettingKind>> = {
  clientId: 'text',
  clientSecret: 'text',
  requestTokenUrl: 'text',
  requestTokenParams: 'parameters',
  accessTokenUrl: 'text',
  accessTokenParams: 'parameters',
  refreshTokenUrl: 'text',
  refreshTokenParams: 'parameters',
  authorizeUrl: 'text',
  authorizeParams: 'parameters',
  apiBaseUrl: 'text',
  clientOptions: 'object',
  serverMetadataUrl: 'text',
  serverMetadata: 'object',
  issuer: 'text',
  userinfoEndpoint: 'text',
  endSessionEndpoint: 'text',
  jwksUri: 'text',
  jwks: 'object',
  redirectUri: 'text',
  scope: 'scope',
  tokenEndpointAuthMethod: 'anything',
  revocationEndpointAuthMethod: 'anything',
  clientAuthMethods: 'anything',
  tokenPlacement: 'text',
  resource: 'scope',
  pushedAuthorizationRequests: 'text',
  requestObjects: 'anything',
  dpop: 'anything',
  userAgent: 'text',
  codeChallengeMethod: 'text',
  idTokenSignedResponseAlg: 'text',
  idTokenMaxAge: 'number',
  idTokenDecryption: 'anything',
  userinfoSignedResponseAlg: 'text',
  userinfoDecryption: 'anything',
  replayStore: 'anything',
  authorizationDetails: 'anything',
  acceptIssuer: 'anything',
  metadataStore: 'anything',
  leeway: 'number',
  clockTolerance: 'number',
  compliance: 'anything',
  fetchToken: 'anything',
  updateToken: 'anything',
  refreshLock: 'anything',
  clientClass: 'anything',
  transport: 'anything',
  clock: 'anything',
  logger: 'anything',
}

/** Authlib's names for what is called otherwise here. */
const ALIASES: Readonly<Record<string, keyof ProviderSettings>> = {
  clientKwargs: 'clientOptions',
  clientCls: 'clientClass',
}

/** The option of a key in camelCase or snake_case; nothing where there is none of that name. */
export function findSetting(key: string): keyof ProviderSettings | undefined {
  const camel = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  const name = Object.hasOwn(ALIASES, camel) ? ALIASES[camel] : camel
  return name !== undefined && isSetting(name) ? name : undefined
}

function isSetting(name: string): name is keyof ProviderSettings {
  return Object.hasOwn(SETTING_KINDS, name)
}

/** Every setting that a text can hold, by its name in the environment: `CLIENT_ID`, `CLIENT_KWARGS` … */
export function environmentKeys(): (readonly [name: string, setting: keyof ProviderSettings])[] {
  const own = Object.entries(SETTING_KINDS).filter(([name, kind]) => kind !== 'anything' || name.endsWith('AuthMethod'))
  const names = [...own.map(([name]) => name), 'clientKwargs']
  return names.flatMap((name) => {
    const setting = findSetting(name)
    return setting === undefined ? [] : [[toUpperSnake(name), setting] as const]
  })
}

function toUpperSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
