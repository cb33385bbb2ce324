import { randomId } from '../../crypto/random.ts'
import { Sealer } from '../../crypto/sealed.ts'
import { RequestParameters } from '../../http/form.ts'
import { OAuth2Error } from '../../oauth2/errors.ts'
import type { RequestContext } from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import { isJsonObject } from '../../util/json.ts'

const LIFETIME: Seconds = 3600
/** A handle travels in a URL, a third longer than what it carries. Many servers take no URL of more than 8 KB. */
const MAX_PARAMETERS = 5600

/** A logout request that waits for the person's word, or for their cookies. */
export interface SignOutHandle {
  readonly id: string
  readonly params: RequestParameters
}

/** Writes such handles, and reads those that were written here and have not expired. */
export class SignOutHandles {
  readonly #sealer: Sealer

  /** @throws ConfigurationError where a secret is too short. */
  constructor(secrets: string | readonly string[]) {
    this.#sealer = new Sealer(secrets, { purpose: 'sign-out' })
  }

  /** @throws OAuth2Error `invalid_request` where the request is too long to be carried along. */
  async open(context: RequestContext, params: RequestParameters): Promise<{ id: string; text: string }> {
    const id = randomId()
    const parameters = params.toString()
    if (parameters.length > MAX_PARAMETERS) {
      throw new OAuth2Error('invalid_request', 'logout request is too long to wait for a person', {
        reason: 'logout_request_too_long',
      })
    }
    const text = await this.#sealer.seal({ id, parameters, expiresAt: context.now + LIFETIME })
    return { id, text }
  }

  async read(text: string | undefined, now: Seconds): Promise<SignOutHandle | undefined> {
    const value = text === undefined ? undefined : await this.#sealer.unseal(text)
    if (!isJsonObject(value)) return undefined
    const { id, parameters, expiresAt } = value
    if (typeof id !== 'string' || typeof parameters !== 'string') return undefined
    if (typeof expiresAt !== 'number' || now >= expiresAt) return undefined
    return { id, params: RequestParameters.parse(parameters) }
  }
}
