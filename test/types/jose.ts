// What the compiler must know, and what it must refuse, about tokens. Checked by `tsc`; nothing here runs.
import type { Key } from '../../src/jose/jwk/index.ts'
import {
  parseUnverifiedCompact,
  type UnverifiedCompact,
  type VerifiedCompact,
  verifyFlattened,
} from '../../src/jose/jws/index.ts'
import {
  type ClaimsSchema,
  type JwtClaims,
  parseUnverifiedJwt,
  type UnverifiedJwt,
  type VerifiedJwt,
  verifyJwt,
} from '../../src/jose/jwt/index.ts'
import { verifySdJwt } from '../../src/jose/sd-jwt/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(): T | undefined => undefined

declare const jwt: string
declare const key: Key
declare const schema: ClaimsSchema<Account>
interface Account {
  readonly sub: string
  readonly role: 'admin' | 'user'
}

// Claims are typed by nothing, by the caller's word, or by a schema.
const plain = await verifyJwt(jwt, key, { issuer: 'i' })
isTrue<Equal<typeof plain.claims, JwtClaims>>()
const said = await verifyJwt<Account>(jwt, key)
isTrue<Equal<typeof said.claims, Account>>()
const checked = await verifyJwt(jwt, key, { schema, issuer: 'i' })
isTrue<Equal<typeof checked.claims, Account>>()
const disclosed = await verifySdJwt(jwt, key, { schema })
isTrue<Equal<typeof disclosed.claims, Account>>()

// @ts-expect-error a schema says otherwise
const other: VerifiedJwt<{ role: 'owner' }> = await verifyJwt(jwt, key, { schema })
// @ts-expect-error a typo in an option
await verifyJwt(jwt, key, { algorithm: ['ES256'] })
// @ts-expect-error a typo in a rule
await verifyJwt(jwt, key, { claims: { role: { required: true } } })
// @ts-expect-error a validator that answers later would always be taken for a yes
await verifyJwt(jwt, key, { claims: { role: { validate: async () => true } } })

// The first of two steps is not the second.
declare function takeClaims(verified: { claims: JwtClaims }): void
declare function takePayload(verified: { payload: Uint8Array }): void
takeClaims(await parseUnverifiedJwt(jwt).verify(key))
takePayload(await parseUnverifiedCompact(jwt).verify(key))
// @ts-expect-error not verified
takeClaims(parseUnverifiedJwt(jwt))
// @ts-expect-error not verified
takePayload(parseUnverifiedCompact(jwt))
isTrue<Equal<keyof UnverifiedCompact & keyof VerifiedCompact, never>>()
isTrue<Equal<keyof UnverifiedJwt & keyof VerifiedJwt, never>>()
// @ts-expect-error the limits were applied in the first step
await parseUnverifiedCompact(jwt).verify(key, { limits: {} })

// What is not covered by a signature does not look as if it were.
const { header, unprotectedHeader } = await verifyFlattened(jwt, key)
isTrue<Equal<typeof header.alg, string | undefined>>()
isTrue<Equal<typeof unprotectedHeader, Readonly<Record<string, unknown>> | undefined>>()
void other
