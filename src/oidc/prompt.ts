import { OAuth2Error } from '../oauth2/errors.ts'

/** What a client may ask the provider to do with the person, or not to do. @spec OIDC Core §3.1.2.1 */
export const PROMPT_VALUES = ['none', 'login', 'consent', 'select_account'] as const

/** One word of the `prompt` parameter. */
export type Prompt = (typeof PROMPT_VALUES)[number]

const WORDS = PROMPT_VALUES.map((word) => `"${word}"`).join(', ')

/**
 * The words of a `prompt` parameter; none when it is absent.
 *
 * @throws OAuth2Error `invalid_request`
 * @spec OIDC Core §3.1.2.1
 */
export function parsePrompt(value: string | undefined): ReadonlySet<Prompt> {
  const words = new Set((value ?? '').split(' ').filter((word) => word !== ''))
  const prompts = new Set(PROMPT_VALUES.filter((word) => words.has(word)))
  if (prompts.size < words.size) {
    throw new OAuth2Error('invalid_request', `"prompt" has a value that is not supported: expected ${WORDS}`, {
      reason: 'prompt_unknown',
    })
  }
  // "none" forbids every page, the others ask for one: together they have no meaning.
  if (prompts.has('none') && prompts.size > 1) {
    throw new OAuth2Error(
      'invalid_request',
      '"prompt" has "none" together with another value: "none" has to stand alone',
      { reason: 'prompt_none_with_others' },
    )
  }
  return prompts
}
