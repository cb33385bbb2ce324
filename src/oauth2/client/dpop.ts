import { parseChallenges } from '../../http/authorization.ts'
import type { OutgoingRequest, OutgoingResponse, Transport } from '../../http/fetch.ts'
import { headerOf } from '../../http/header.ts'
import type { Key } from '../../jose/jwk/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { LruCache } from '../../util/lru.ts'
import { createDpopProof } from '../dpop-proof.ts'
import type { ProofOfPossession, ProvenCall } from './proof-of-possession.ts'
import { readRefusalBody } from './refusal-body.ts'

export interface DpopOptions {
  /**
   * Whether to go on with tokens that the server did not bind to the key, while it moves to DPoP for example. Default
   * `false`: an answer with such a token is an error.
   */
  readonly acceptBearer?: boolean
}

/** Of how many servers the nonce is remembered. */
const MAX_ORIGINS = 100
/** Longer than any server makes them; what is longer would not fit into a header with a token. */
const MAX_NONCE_LENGTH = 1024

/**
 * Binds tokens to a key: each request carries a proof that its sender holds it, and a stolen token is worth nothing. The
 * nonces that servers give are remembered by origin. Hand one object to all clients that use the key, so that what one of
 * them learns serves all.
 *
 * @example
 * const dpop = new Dpop(await Key.generate('ES256'))
 * const client = new OAuth2Client({ clientId, issuer: 'https://op.example', redirectUri, dpop })
 * @spec RFC 9449 §5
 */
export class Dpop implements ProofOfPossession {
  readonly acceptsBearer: boolean
  readonly #key: Key
  /** The last nonce of each origin. @spec RFC 9449 §8.2 */
  readonly #nonces: LruCache<string, string> = new LruCache({ max: MAX_ORIGINS })

  /** @throws ConfigurationError where the key cannot sign, or others would have to know it to verify. */
  constructor(key: Key, { acceptBearer = false }: DpopOptions = {}) {
    const problem = findKeyProblem(key)
    if (problem !== undefined) throw new ConfigurationError('Dpop', [problem])
    this.#key = key
    this.acceptsBearer = acceptBearer
  }

  /** What tokens are bound to (`jkt`), and codes (`dpop_jkt`). @spec RFC 9449 §6.1 */
  thumbprint(): Promise<string> {
    return this.#key.thumbprint()
  }

  /**
   * Sends a request with its proof. A server that wants a nonce says so and gives one: the request is then made anew, and
   * sent once more. Another refusal is an answer like any other.
   *
   * @spec RFC 9449 §8 §9
   */
  async exchange(build: () => Awaitable<OutgoingRequest>, call: ProvenCall): Promise<OutgoingResponse> {
    let isNew = false
    const send = call.repair(
      this.#proving(call, (learned) => {
        isNew = learned
      }),
    )
    const response = await send(await build())
    return isNew && asksForNonce(response, call) ? send(await build()) : response
  }

  /** @param onAnswer told whether the answer had another nonce than the proof. */
  #proving({ transport, clock, accessToken }: ProvenCall, onAnswer: (isNew: boolean) => void): Transport {
    return async (request) => {
      const { method = 'GET', url, headers = [] } = request
      const { origin, href } = new URL(url)
      const nonce = this.#nonces.get(origin)
      const proof = await createDpopProof(this.#key, {
        method,
        url: href,
        clock,
        ...(accessToken !== undefined && { accessToken }),
        ...(nonce !== undefined && { nonce }),
      })
      const response = await transport({ ...request, headers: [...headers, ['dpop', proof]] })
      onAnswer(this.#learn(origin, response) !== nonce)
      return response
    }
  }

  /** The nonce for the next proof: each answer may bring one. @spec RFC 9449 §8.2 */
  #learn(origin: string, response: OutgoingResponse): string | undefined {
    const nonce = headerOf(response, 'dpop-nonce')
    if (nonce !== undefined && isNonce(nonce)) this.#nonces.set(origin, nonce)
    return this.#nonces.get(origin)
  }
}

/** What signs, and whose public half can be put into each proof. @spec RFC 9449 §4.2 */
function findKeyProblem(key: Key): string | undefined {
  if (!key.isPrivate || key.kty === 'oct') {
    return '"key" must be a private key: expected one of Key.generate("ES256")'
  }
  try {
    key.toPublicJwk()
    return undefined
  } catch {
    return '"key" must show its public half: expected one of Key.external where the platform keeps the private one'
  }
}

/** @spec RFC 9449 §8.1 */
function isNonce(text: string): boolean {
  return text.length <= MAX_NONCE_LENGTH && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)
}

/** An authorization server says it in its answer, an API in its challenge. */
function asksForNonce(response: OutgoingResponse, { accessToken }: ProvenCall): boolean {
  if (accessToken === undefined) {
    return response.status === 400 && readRefusalBody(response)?.error === 'use_dpop_nonce'
  }
  return response.status === 401 && challengesOf(response).some((error) => error === 'use_dpop_nonce')
}

function challengesOf({ headers }: OutgoingResponse): (string | undefined)[] {
  return headers
    .filter(([name]) => name === 'www-authenticate')
    .flatMap(([, value]) => parseChallenges(value))
    .filter(({ scheme }) => scheme === 'dpop')
    .map(({ parameters }) => parameters.get('error'))
}
