import { JoseError } from '../errors.ts'
import { effectiveLimits, type TokenLimits, tooLarge } from '../jws/limits.ts'

/** The parts of an SD-JWT, as they are sent. */
export interface SdJwtParts {
  /** What the issuer signed. */
  readonly jwt: string
  readonly disclosures: readonly string[]
  /** What the holder signed, in an SD-JWT+KB. */
  readonly keyBindingJwt: string | undefined
  /** All but the key binding: what that one is bound to. */
  readonly bound: string
}

export interface SdJwtLimits extends TokenLimits {
  /** How many disclosures there may be: 1 024 by default. Together they may be as long as the payload. */
  readonly disclosures?: number
}

/**
 * Takes an SD-JWT apart: the issuer's JWT, a `~` behind it and behind each disclosure, and a key binding or nothing.
 *
 * @spec RFC 9901 §4
 */
export function splitSdJwt(sdJwt: string, limits: SdJwtLimits = {}): SdJwtParts {
  if (typeof sdJwt !== 'string') throw malformed()
  const { header, payload, signature } = effectiveLimits(limits)
  const jwtLength = header + payload + signature + 2
  if (sdJwt.length > 2 * jwtLength + payload) throw tooLarge()
  const first = sdJwt.indexOf('~')
  const last = sdJwt.lastIndexOf('~')
  if (first === -1) throw malformed()
  if (last - first > payload) throw tooLarge()
  const disclosures = first === last ? [] : sdJwt.slice(first + 1, last).split('~')
  if (disclosures.length > (limits.disclosures ?? 1024)) throw tooLarge()
  if (disclosures.includes('')) throw malformed()
  const keyBindingJwt = sdJwt.slice(last + 1)
  return {
    jwt: sdJwt.slice(0, first),
    disclosures,
    keyBindingJwt: keyBindingJwt === '' ? undefined : keyBindingJwt,
    bound: sdJwt.slice(0, last + 1),
  }
}

function malformed(): JoseError {
  return new JoseError(
    'token_malformed',
    'SD-JWT malformed: expected a JWT and disclosures, each followed by "~", and a key binding JWT or nothing',
  )
}
