import { randomId } from '../../crypto/random.ts'
import { Sealer } from '../../crypto/sealed.ts'
import { RequestParameters } from '../../http/form.ts'
import type { RequestContext } from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import { isJsonObject } from '../../util/json.ts'

const LIFETIME: Seconds = 3600

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

  async open(context: RequestContext, params: RequestParameters): Promise<{ id: string; text: string }> {
    const id = randomId()
    const text = await this.#sealer.seal({ id, parameters: params.toString(), expiresAt: context.now + LIFETIME })
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
