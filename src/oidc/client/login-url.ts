import type { AuthorizationUrlOptions } from '../../oauth2/client/authorization-parameters.ts'
import type { AuthorizationUrl } from '../../oauth2/client/authorization-url.ts'
import type { WireParameters } from '../../oauth2/client/wire-parameters.ts'
import type { Seconds } from '../../util/clock.ts'
import type { Prompt } from '../prompt.ts'

/** How the provider should go about the login. @spec OIDC Core §3.1.2.1 */
export interface LoginHints {
  /** Pages that the provider must show, or with `none` must not. */
  prompt?: Prompt | readonly Prompt[]
  /** How long ago the person may have proved who they are; the answer is held to it. */
  maxAge?: Seconds
  /** Who is probably going to log in. */
  loginHint?: string
  /** Ways to authenticate, the preferred first. A wish: the provider may do otherwise. */
  acrValues?: string | readonly string[]
  uiLocales?: string | readonly string[]
  /** An ID token of the person who is expected. */
  idTokenHint?: string
}

export interface LoginUrlOptions extends AuthorizationUrlOptions, LoginHints {
  /** Defaults to 256 random bits where the scope has `openid`. */
  nonce?: string
}

/** The URL to send the browser to, and what has to be kept until it comes back. */
export interface LoginUrl extends AuthorizationUrl {
  /** There where the scope has `openid`. */
  readonly nonce?: string
}

/** The hints by their names on the wire. */
const WIRE_NAMES = {
  prompt: 'prompt',
  maxAge: 'max_age',
  loginHint: 'login_hint',
  acrValues: 'acr_values',
  uiLocales: 'ui_locales',
  idTokenHint: 'id_token_hint',
} as const satisfies Record<keyof LoginHints, string>

const HINTS: readonly (keyof LoginHints)[] = ['prompt', 'maxAge', 'loginHint', 'acrValues', 'uiLocales', 'idTokenHint']

/** The hints that are there as parameters; lists are separated by spaces. @spec OIDC Core §3.1.2.1 */
export function toLoginParameters(hints: LoginHints): WireParameters {
  const given = HINTS.filter((name) => hints[name] !== undefined)
  return Object.fromEntries(given.map((name) => [WIRE_NAMES[name], toText(hints[name])]))
}

function toText(value: string | number | readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'object' ? value.join(' ') : String(value)
}
