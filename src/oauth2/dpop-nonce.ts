import { getDigests } from '../crypto/digests.ts'
import { equalsInConstantTime } from '../crypto/timing-safe.ts'
import { encodeBase64url } from '../util/base64url.ts'
import { encodeUtf8 } from '../util/bytes.ts'
import type { Seconds } from '../util/clock.ts'
import { ConfigurationError } from '../util/configuration-error.ts'
import { type Duration, toSeconds } from '../util/duration.ts'

export interface DpopNonceOptions {
  /** Of at least 32 bytes, the same for all instances. Several: the first makes nonces, all are accepted. */
  readonly secrets: string | readonly string[]
  /** How often there is a new nonce. Each is accepted for about two such times. Default 5 minutes. */
  readonly rotateEvery?: Duration
}

const MIN_SECRET_BYTES = 32

/**
 * The nonces of a server, which it keeps nowhere: each is made of a secret and of the time. Instances that share the secret
 * agree on them, and one that was asleep is not behind.
 *
 * @spec RFC 9449 §8
 */
export class DpopNonces {
  readonly #secrets: readonly [Uint8Array, ...Uint8Array[]]
  readonly #period: Seconds

  /** @throws ConfigurationError where there is no secret, or one that is too short. */
  constructor({ secrets, rotateEvery = '5m' }: DpopNonceOptions) {
    const [current, ...former] = [secrets].flat().map((secret) => encodeUtf8(secret))
    this.#period = toSeconds(rotateEvery)
    if (current === undefined || [current, ...former].some(({ length }) => length < MIN_SECRET_BYTES)) {
      throw new ConfigurationError('DpopNonces', [
        '"secrets" must hold at least one, and each must be at least 32 bytes long',
      ])
    }
    if (this.#period < 1) throw new ConfigurationError('DpopNonces', ['"rotateEvery" must be at least a second'])
    this.#secrets = [current, ...former]
  }

  /** For how long a nonce is accepted at most: from the step before its own to the end of the one after it. */
  get lifetime(): Seconds {
    return 3 * this.#period
  }

  /** The nonce to give. */
  current(now: Seconds): Promise<string> {
    return makeNonce(this.#secrets[0], this.#stepAt(now))
  }

  /** Whether it is the nonce of now or of the time before; or, since clocks of instances differ, of the time after. */
  async accepts(nonce: string, now: Seconds): Promise<boolean> {
    const step = this.#stepAt(now)
    const steps = [step, step - 1, step + 1]
    const known = await Promise.all(this.#secrets.flatMap((secret) => steps.map((at) => makeNonce(secret, at))))
    return known.some((candidate) => equalsInConstantTime(candidate, nonce))
  }

  #stepAt(now: Seconds): number {
    return Math.floor(now / this.#period)
  }
}

async function makeNonce(secret: Uint8Array, step: number): Promise<string> {
  return encodeBase64url(await getDigests().hmac('sha-256', secret, `authwright dpop nonce ${step}`))
}
