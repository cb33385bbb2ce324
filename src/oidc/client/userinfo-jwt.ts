import { JoseError } from '../../jose/errors.ts'
import type { JwtClaims } from '../../jose/jwt/index.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { parseJsonObject } from '../../util/json.ts'
import type { Decryption } from './decryption.ts'
import { type ProviderTokenExpectations, verifyProviderToken } from './provider-token.ts'

/** How the provider protects what it says at the userinfo endpoint, as the client is registered. */
export interface UserinfoProtection {
  readonly decryption?: Decryption | undefined
  /** Verifies the signature; absent: there is none. */
  readonly verify?: ((jwt: string) => Promise<JwtClaims>) | undefined
}

/**
 * Reads a userinfo answer that is signed, encrypted, or both, in the one way that was agreed: one that is less protected
 * than that did not come from the provider.
 *
 * @throws ClientError `userinfo_invalid`, `keys_unavailable`
 * @spec OIDC Core §5.3.2
 */
export async function readProtectedUserinfo(text: string, protection: UserinfoProtection): Promise<JwtClaims> {
  try {
    return await read(text, protection)
  } catch (error) {
    throw toUserinfoError(error)
  }
}

async function read(text: string, { decryption, verify }: UserinfoProtection): Promise<JwtClaims> {
  if (decryption === undefined) return verify === undefined ? parseJsonObject(text) : verify(text)
  const { content, isNested } = await decryption.decrypt(text)
  if (isNested !== (verify !== undefined)) {
    const expected = isNested ? 'claims, not a signed JWT: "userinfoSignedResponseAlg" is missing' : 'a signed JWT'
    throw new ClientError('userinfo_invalid', `encrypted userinfo response holds something else: expected ${expected}`)
  }
  return verify === undefined ? parseJsonObject(content) : verify(content)
}

/** Who issued it, for whom: without these, it could have been signed for anybody. @spec OIDC Core §5.3.2 */
const REQUIRED_CLAIMS: readonly string[] = ['iss', 'aud', 'sub']

/** @throws JoseError */
export async function verifyUserinfo(jwt: string, expected: ProviderTokenExpectations): Promise<JwtClaims> {
  const { claims } = await verifyProviderToken(jwt, expected, { required: REQUIRED_CLAIMS })
  return claims
}

function toUserinfoError(error: unknown): unknown {
  if (error instanceof SyntaxError)
    return new ClientError('userinfo_invalid', 'userinfo response must hold a JSON object', { cause: error })
  if (!(error instanceof JoseError)) return error
  const isKeyless = error.code === 'jwks_unavailable' || error.code === 'jwks_invalid'
  return new ClientError(
    isKeyless ? 'keys_unavailable' : 'userinfo_invalid',
    `userinfo response refused: ${error.message}`,
    { stage: 'userinfo', cause: error, ...(error.claim !== undefined && { parameter: error.claim }) },
  )
}
