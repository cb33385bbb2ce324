import { equalsInConstantTime } from '../../crypto/timing-safe.ts'
import type { JoseHeader } from '../../jose/jwt/index.ts'
import { type IdTokenClaims, tokenHash } from '../id-token.ts'
import { refuse } from './id-token-checks.ts'
import type { CheckResult, IdTokenExpectations } from './id-token-expectations.ts'

/** Each hash that an ID token may hold, what it is of, and what it tells where it does not fit. */
const HASHES = {
  at_hash: { of: 'accessToken', meaning: 'Access Token Hash', otherwise: 'it belongs to another access token' },
  c_hash: { of: 'code', meaning: 'Code Hash', otherwise: 'it belongs to another code' },
  s_hash: { of: 'state', meaning: 'State Hash', otherwise: 'it belongs to another login' },
} as const

type HashClaim = keyof typeof HASHES

/**
 * Checks the hashes that tie an ID token to what came along with it.
 *
 * @spec OIDC Core §3.1.3.8
 * @spec OIDC Core §3.3.2.11
 */
export async function checkHashes(
  claims: IdTokenClaims,
  header: JoseHeader,
  expected: IdTokenExpectations,
): Promise<Record<HashClaim, CheckResult>> {
  const check = (name: HashClaim): Promise<CheckResult> =>
    checkHash(name, claims[name], header, expected[HASHES[name].of])
  return { at_hash: await check('at_hash'), c_hash: await check('c_hash'), s_hash: await check('s_hash') }
}

/** Where it is there it must be right; a hash that cannot be computed is not (CVE-2026-28498). */
async function checkHash(
  name: HashClaim,
  hash: unknown,
  { alg }: JoseHeader,
  value: string | undefined,
): Promise<CheckResult> {
  if (hash === undefined) return 'absent'
  if (value === undefined) return 'not requested'
  const expected = await tokenHash(value, alg).catch(() => undefined)
  if (typeof hash === 'string' && expected !== undefined && equalsInConstantTime(hash, expected)) return 'ok'
  const { meaning, otherwise } = HASHES[name]
  throw refuse('id_token_hash_mismatch', name, `"${name}" (${meaning}) claim mismatch: ${otherwise}`)
}
