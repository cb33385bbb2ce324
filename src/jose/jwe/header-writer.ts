import { encodeBase64url } from '../../util/base64url.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import { JoseError } from '../errors.ts'
import { readCritical } from '../jws/critical.ts'
import { refusePrivateKey } from '../jws/header-writer.ts'
import type { EncodedHeader } from './prepared.ts'

/** Parameters of a header, as a caller gives them. */
export type HeaderParameters = Readonly<Record<string, unknown>>

/** What a token is, and what is in it. */
export interface TokenTypes {
  readonly typ?: string | undefined
  readonly cty?: string | undefined
}

export interface JweHeaderOptions {
  /** What the token is (`typ`). */
  readonly typ?: string
  /** What the plaintext is (`cty`), such as `JWT`. */
  readonly cty?: string
  /** Further protected header parameters. Those that follow from other options are not given here. */
  readonly header?: HeaderParameters
  /** Which of the further parameters a recipient must understand (`crit`). */
  readonly critical?: readonly string[]
}

/** What the algorithms say in the header. */
export interface AlgorithmParameters {
  readonly alg?: string
  readonly kid?: string | undefined
  readonly enc: string
  readonly zip: 'DEF' | undefined
  /** What the recipient needs to have the key, such as `epk`. */
  readonly keyParameters?: HeaderParameters | undefined
}

/** The protected header; members that are `undefined` are not written. @spec RFC 7516 §4.1 */
export function protectedParameters(
  { alg, kid, enc, zip, keyParameters }: AlgorithmParameters,
  { typ, cty }: TokenTypes,
  { header = {}, critical = [] }: Pick<JweHeaderOptions, 'header' | 'critical'>,
): HeaderParameters {
  refuseOwn(header)
  const crit = critical.length > 0 ? [...critical] : undefined
  const parameters = { alg, kid, ...keyParameters, typ, cty, enc, zip, ...header, crit }
  readCritical(crit, parameters)
  return parameters
}

const ownParameters: readonly string[] = ['alg', 'enc', 'zip', 'typ', 'cty', 'crit', 'b64'].concat([
  'epk',
  'apu',
  'apv',
  'iv',
  'tag',
  'p2s',
  'p2c',
])

/** Keeps a caller from contradicting what is encrypted with, and from publishing a private key. */
export function refuseOwn(header: HeaderParameters): void {
  for (const name of ownParameters) {
    if (Object.hasOwn(header, name)) {
      throw new JoseError('header_parameter_invalid', `"${name}" header parameter is not given in "header"`)
    }
  }
  refusePrivateKey(header)
}

export function encodeHeader(parameters: HeaderParameters): EncodedHeader {
  const text = encodeBase64url(JSON.stringify(parameters))
  return { text, bytes: encodeUtf8(text) }
}
