import { encodeBase64url } from '../../util/base64url.ts'
import { signatureAlgorithm } from '../algorithms/registry.ts'
import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { AlgorithmName } from '../jwk/types.ts'
import type { SigningKeySource } from '../jwks/source.ts'

export interface SignOptions {
  /** Default: the algorithm that the key is for. */
  readonly alg?: AlgorithmName
  /** What the token is (`typ`), such as `at+jwt`. */
  readonly typ?: string
  /** Further header parameters. `alg`, `typ`, `crit` and `b64` are not given here. */
  readonly header?: Readonly<Record<string, unknown>>
}

/**
 * Signs a payload and writes it as a compact JWS.
 *
 * @example
 * const jws = await signCompact('hello', await Key.generate('ES256'))
 * @spec RFC 7515 §5.1
 */
export function signCompact(
  payload: string | Uint8Array,
  keys: Key | SigningKeySource,
  options: SignOptions = {},
): Promise<string> {
  return signTyped(payload, keys, options, options.typ)
}

/** Signs with a type of the caller's choice, whatever the options say. */
export async function signTyped(
  payload: string | Uint8Array,
  keys: Key | SigningKeySource,
  options: SignOptions,
  typ: string | undefined,
): Promise<string> {
  if (typeof keys !== 'object' || keys === null) throw new TypeError('key missing: expected a Key or a KeySet')
  const key = 'signingKey' in keys ? keys.signingKey(options.alg) : keys
  const algorithm = signatureAlgorithm(options.alg ?? key.defaultAlgorithm ?? algorithmRequired())
  const prepared = key.signer(algorithm)
  const { sign, headers } = 'then' in prepared ? await prepared : prepared
  const header =
    options.header === undefined
      ? rememberedHeader(algorithm.name, key.kid, typ, headers)
      : encodeHeader({ alg: algorithm.name, typ, kid: key.kid, ...checkHeader(options.header) })
  const input = `${header}.${encodeBase64url(payload)}`
  const signature = sign(input)
  return `${input}.${typeof signature === 'string' ? signature : await signature}`
}

function algorithmRequired(): never {
  throw new JoseError(
    'algorithms_required',
    '"alg" (Algorithm) missing: expected as an option, since the key names none',
  )
}

/** How many types a key remembers its header for; more than that are no types but something that varies. */
const rememberedTypes = 16

function rememberedHeader(
  alg: string,
  kid: string | undefined,
  typ: string | undefined,
  headers: Map<string | undefined, string>,
): string {
  const remembered = headers.get(typ)
  if (remembered !== undefined) return remembered
  const encoded = encodeHeader({ alg, typ, kid })
  if (headers.size < rememberedTypes) headers.set(typ, encoded)
  return encoded
}

function encodeHeader(header: Readonly<Record<string, unknown>>): string {
  return encodeBase64url(JSON.stringify(header))
}

const ownParameters = ['alg', 'typ', 'crit', 'b64'] as const
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const

/** Keeps a caller from contradicting what is signed with, and from publishing a private key. @spec RFC 7515 §4.1.3 */
function checkHeader(header: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  for (const name of ownParameters) {
    if (Object.hasOwn(header, name)) {
      throw new JoseError('header_parameter_invalid', `"${name}" header parameter is not given in "header"`)
    }
  }
  const { jwk } = header
  if (typeof jwk === 'object' && jwk !== null && privateMembers.some((name) => name in jwk)) {
    throw new JoseError(
      'header_parameter_invalid',
      '"jwk" (JSON Web Key) header parameter invalid: expected a public key',
    )
  }
  return header
}
