import { encodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'
import { readCritical } from './critical.ts'

/** Parameters of a header, as a caller gives them. */
export type HeaderParameters = Readonly<Record<string, unknown>>

export interface HeaderOptions {
  /** What the token is (`typ`), such as `at+jwt`. */
  readonly typ?: string
  /** Further header parameters. `alg`, `typ`, `crit` and `b64` are not given here. */
  readonly header?: HeaderParameters
  /** Which of the further parameters a recipient must understand (`crit`). */
  readonly critical?: readonly string[]
}

/** The protected header of a signature. @spec RFC 7515 §4.1 */
export function protectedHeader(
  alg: string,
  kid: string | undefined,
  { typ, header = {}, critical = [] }: HeaderOptions,
  isUnencoded = false,
): HeaderParameters {
  refuseOwn(header)
  const unencoded = isUnencoded ? { b64: false } : {}
  const crit = [...Object.keys(unencoded), ...critical]
  const parameters = { alg, typ, kid, ...header, ...unencoded, ...(crit.length > 0 && { crit }) }
  if (crit.length > 0) readCritical(crit, parameters)
  return parameters
}

export function encodeHeader(header: HeaderParameters): string {
  return encodeBase64url(JSON.stringify(header))
}

const ownParameters = ['alg', 'typ', 'crit', 'b64'] as const

/** Keeps a caller from contradicting what is signed with, and from publishing a private key. */
function refuseOwn(header: HeaderParameters): void {
  for (const name of ownParameters) {
    if (Object.hasOwn(header, name)) {
      throw new JoseError('header_parameter_invalid', `"${name}" header parameter is not given in "header"`)
    }
  }
  refusePrivateKey(header)
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'priv'] as const

/** @spec RFC 7515 §4.1.3 */
export function refusePrivateKey({ jwk }: HeaderParameters): void {
  if (typeof jwk === 'object' && jwk !== null && privateMembers.some((name) => name in jwk)) {
    throw new JoseError(
      'header_parameter_invalid',
      '"jwk" (JSON Web Key) header parameter invalid: expected a public key',
    )
  }
}
