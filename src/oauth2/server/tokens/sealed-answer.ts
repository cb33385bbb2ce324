import { Sealer } from '../../../crypto/sealed.ts'
import type { TokenResponse } from '../../token-response.ts'

const PURPOSE = 'refresh-replay'

/**
 * Encrypts a token response under the refresh token that it answers. The store, which has only that token's hash, cannot
 * read it; who presents the token can be given it again.
 */
export function sealAnswer(refreshToken: string, scope: string, response: TokenResponse): Promise<string> {
  return new Sealer(refreshToken, { purpose: PURPOSE }).seal([scope, JSON.stringify(response)])
}

/** The response that was sealed, if it was asked for with the same scope. */
export async function openAnswer(
  refreshToken: string,
  scope: string,
  sealed: string,
): Promise<TokenResponse | undefined> {
  const content = await new Sealer(refreshToken, { purpose: PURPOSE }).unseal(sealed)
  if (!Array.isArray(content) || content[0] !== scope || typeof content[1] !== 'string') return undefined
  const response: TokenResponse = JSON.parse(content[1])
  return response
}
