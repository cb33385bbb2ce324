import { mediaTypeOf } from '../../http/body.ts'
import { FetchError } from '../../http/fetch-error.ts'
import { headerOf } from '../../http/header.ts'
import { JoseError } from '../../jose/errors.ts'
import type { Key } from '../../jose/jwk/index.ts'
import type { KeySource } from '../../jose/jwks/index.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import type { Clock } from '../../util/clock.ts'
import type { IntrospectionResponse } from '../introspection.ts'
import { INTROSPECTION_JWT, type IntrospectionJwtExpectations, readIntrospectionJwt } from '../introspection-jwt.ts'
import type { EndpointAnswer, EndpointCall } from './endpoint-call.ts'
import { ClientError } from './errors.ts'
import { readRefusalBody } from './refusal-body.ts'

export interface SignedIntrospectionOptions extends Pick<IntrospectionJwtExpectations, 'algorithms' | 'decryption'> {
  /** Default: the issuer that the client knows. */
  readonly issuer?: string
}

/** Who asked whom. */
export interface IntrospectionParties {
  readonly issuer: string | undefined
  readonly clientId: string
  readonly clock: Clock
}

/**
 * Answers about tokens that the server has signed, and where it is registered so, encrypted: for what has to be proven later,
 * or goes through hands that are not trusted.
 *
 * @example
 * const signed = new SignedIntrospection(KeySet.remote('https://op.example/jwks'), { algorithms: ['ES256'] })
 * const answer = await introspectToken(client, token, { signed })
 * @spec RFC 9701 §5
 */
export class SignedIntrospection {
  readonly #keys: Key | KeySource
  readonly #options: SignedIntrospectionOptions

  /** @param keys the server's. */
  constructor(keys: Key | KeySource, options: SignedIntrospectionOptions) {
    this.#keys = keys
    this.#options = options
  }

  /** Asks for a JWT. One that did not come is no answer, whatever came in its place. @spec RFC 9701 §4 */
  readonly fetch: NonNullable<EndpointCall['fetch']> = async (transport, request) => {
    const asking = { ...request, headers: [...(request.headers ?? []), ['accept', INTROSPECTION_JWT] as const] }
    const response = await transport(asking)
    const { status, headers } = response
    if (status !== 200) return { status, headers, value: { ...readRefusalBody(response) } }
    const type = mediaTypeOf(headerOf(response, 'content-type') ?? '')
    if (type !== INTROSPECTION_JWT) throw new FetchError('content_type', request, { status })
    return { status, headers, value: { jwt: decodeUtf8(response.body).trim() } }
  }

  /** @throws ClientError `introspection_response_invalid`, `keys_unavailable` */
  async read(
    answer: EndpointAnswer,
    { issuer, clientId, clock }: IntrospectionParties,
  ): Promise<IntrospectionResponse> {
    const { issuer: expected = issuer, ...options } = this.#options
    if (expected === undefined) throw refusal(answer, '"issuer" of the server is not known: expected as an option')
    const expectations = { ...options, issuer: expected, audience: clientId, clock }
    try {
      return await readIntrospectionJwt(String(answer.value['jwt']), this.#keys, expectations)
    } catch (error) {
      throw error instanceof JoseError ? refusal(answer, error.message, error) : error
    }
  }
}

function refusal({ endpoint, status }: EndpointAnswer, problem: string, cause?: JoseError): ClientError {
  const isOut = cause?.code === 'jwks_unavailable' || cause?.code === 'jwks_invalid'
  return new ClientError(
    isOut ? 'keys_unavailable' : 'introspection_response_invalid',
    `introspection response refused: ${problem}`,
    { stage: 'introspection', endpoint, status, ...(cause && { cause }) },
  )
}
