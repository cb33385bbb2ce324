import { isStringArray } from '../../util/assert.ts'
import { JoseError } from '../errors.ts'
import { type FlattenedJws, parseSignature, splitJson } from '../jws/json.ts'
import { type SdJwtLimits, splitSdJwt } from './split.ts'

/**
 * Writes an SD-JWT in the flattened JSON Serialization, disclosures and key binding in its unprotected header.
 *
 * @spec RFC 9901 §8.1 §8.2
 */
export function sdJwtToJson(sdJwt: string, options: { readonly limits?: SdJwtLimits } = {}): FlattenedJws {
  const { jwt, disclosures, keyBindingJwt } = splitSdJwt(sdJwt, options.limits)
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const unprotected = { disclosures, ...(keyBindingJwt !== undefined && { kb_jwt: keyBindingJwt }) }
  return { payload, protected: header, header: unprotected, signature }
}

/**
 * Reads an SD-JWT in a JSON Serialization with one signature as the text that all other functions take.
 *
 * @throws JoseError
 * @spec RFC 9901 §8.1 §8.4
 */
export function sdJwtFromJson(jws: unknown, options: { readonly limits?: SdJwtLimits } = {}): string {
  const { payload, signatures, limits } = splitJson(jws, options.limits)
  const [members] = signatures
  if (members === undefined || signatures.length > 1 || payload === undefined) throw malformed()
  const { encodedHeader, signature, unprotectedHeader = {} } = parseSignature(members, limits)
  const { disclosures = [], kb_jwt: keyBinding = '' } = unprotectedHeader
  if (!isStringArray(disclosures) || typeof keyBinding !== 'string') throw malformed()
  const parts = [`${encodedHeader}.${payload}.${signature}`, ...disclosures]
  // A "~" within a part would make two of it.
  if ([...parts, keyBinding].some((part) => part.includes('~'))) throw malformed()
  return [...parts, keyBinding].join('~')
}

function malformed(): JoseError {
  return new JoseError(
    'token_malformed',
    'SD-JWT malformed: expected one signature over a payload, "disclosures" (a list of strings) and "kb_jwt" (a string)',
  )
}
