import { JoseError } from '../errors.ts'
import { aesCbcHmac } from './aes-cbc-hmac.ts'
import { aesGcm } from './aes-gcm.ts'
import { aesGcmKeyWrap } from './aes-gcm-kw.ts'
import { aesKeyWrap } from './aes-kw.ts'
import type { ContentEncryption, ContentEncryptionRow } from './content-encryption.ts'
import { direct } from './dir.ts'
import { ecdhEs, ecdhEsKeyWrap } from './ecdh-es.ts'
import type { KeyManagement, KeyManagementRow } from './key-management.ts'
import { passwordKeyWrap } from './pbes2.ts'
import { rsaOaep } from './rsaes.ts'

type StandardKeyManagement =
  | 'dir'
  | 'A128KW'
  | 'A192KW'
  | 'A256KW'
  | 'A128GCMKW'
  | 'A192GCMKW'
  | 'A256GCMKW'
  | 'RSA-OAEP'
  | 'RSA-OAEP-256'
  | 'RSA-OAEP-384'
  | 'RSA-OAEP-512'
  | 'ECDH-ES'
  | 'ECDH-ES+A128KW'
  | 'ECDH-ES+A192KW'
  | 'ECDH-ES+A256KW'
  | 'PBES2-HS256+A128KW'
  | 'PBES2-HS384+A192KW'
  | 'PBES2-HS512+A256KW'

type StandardContentEncryption = 'A128CBC-HS256' | 'A192CBC-HS384' | 'A256CBC-HS512' | 'A128GCM' | 'A192GCM' | 'A256GCM'

/** The key management algorithms by name, and whatever else a registry adds. */
export type KeyManagementName = StandardKeyManagement | (string & {})

/** The content encryption algorithms by name, and whatever else a registry adds. */
export type ContentEncryptionName = StandardContentEncryption | (string & {})

/** The algorithms that a JWE may be encrypted with. A value: whoever wants others passes another one. */
export interface JweRegistry {
  readonly keyManagement: Readonly<Record<string, KeyManagement>>
  readonly contentEncryption: Readonly<Record<string, ContentEncryption>>
}

/** Rows to be added to the tables: what an import of an algorithm of its own provides. */
export interface JweAlgorithms {
  readonly keyManagement?: Readonly<Record<string, KeyManagementRow>>
  readonly contentEncryption?: Readonly<Record<string, ContentEncryptionRow>>
}

/**
 * The key management algorithms. This table and the next are the only places that list them: a new one is a new row.
 *
 * @spec RFC 7518 §4.1
 * @spec RFC 8037 §3.2
 */
const keyManagement: Readonly<Record<StandardKeyManagement, KeyManagementRow>> = {
  dir: direct,
  A128KW: aesKeyWrap(128),
  A192KW: aesKeyWrap(192),
  A256KW: aesKeyWrap(256),
  A128GCMKW: aesGcmKeyWrap(128),
  A192GCMKW: aesGcmKeyWrap(192),
  A256GCMKW: aesGcmKeyWrap(256),
  'RSA-OAEP': rsaOaep('sha-1'),
  'RSA-OAEP-256': rsaOaep('sha-256'),
  'RSA-OAEP-384': rsaOaep('sha-384'),
  'RSA-OAEP-512': rsaOaep('sha-512'),
  'ECDH-ES': ecdhEs,
  'ECDH-ES+A128KW': ecdhEsKeyWrap(128),
  'ECDH-ES+A192KW': ecdhEsKeyWrap(192),
  'ECDH-ES+A256KW': ecdhEsKeyWrap(256),
  'PBES2-HS256+A128KW': passwordKeyWrap('sha-256', 128),
  'PBES2-HS384+A192KW': passwordKeyWrap('sha-384', 192),
  'PBES2-HS512+A256KW': passwordKeyWrap('sha-512', 256),
}

/** @spec RFC 7518 §5.1 */
const contentEncryption: Readonly<Record<StandardContentEncryption, ContentEncryptionRow>> = {
  'A128CBC-HS256': aesCbcHmac(32, 'sha-256'),
  'A192CBC-HS384': aesCbcHmac(48, 'sha-384'),
  'A256CBC-HS512': aesCbcHmac(64, 'sha-512'),
  A128GCM: aesGcm(16),
  A192GCM: aesGcm(24),
  A256GCM: aesGcm(32),
}

/**
 * The standard algorithms and some more.
 *
 * @example
 * const registry = createJweRegistry(ecdh1pu)
 * const jwe = await encryptCompact('hello', key, { alg: 'ECDH-1PU', sender, registry })
 */
export function createJweRegistry(...algorithms: readonly JweAlgorithms[]): JweRegistry {
  return Object.freeze({
    keyManagement: table(keyManagement, ...algorithms.map((more) => more.keyManagement)),
    contentEncryption: table(contentEncryption, ...algorithms.map((more) => more.contentEncryption)),
  })
}

/** Without a prototype, so that no name (`__proto__`, `constructor`) finds anything that is not a row. */
function table<Row>(
  ...parts: readonly (Readonly<Record<string, (name: string) => Row>> | undefined)[]
): Readonly<Record<string, Row>> {
  const entries = parts.flatMap((rows) => Object.entries(rows ?? {}))
  const made = entries.map(([name, row]) => [name, Object.freeze(row(name))])
  return Object.freeze(Object.setPrototypeOf(Object.fromEntries(made), null))
}

let standard: JweRegistry | undefined

/** The standard algorithms, nothing that has to be asked for. */
export function standardJweRegistry(): JweRegistry {
  standard ??= createJweRegistry()
  return standard
}

/** @throws JoseError `algorithm_unsupported` */
export function keyManagementOf(registry: JweRegistry, alg: string): KeyManagement {
  const row = registry.keyManagement[alg]
  if (row !== undefined) return row
  throw new JoseError(
    'algorithm_unsupported',
    '"alg" (Algorithm) unsupported: expected a registered key management algorithm',
  )
}

/** @throws JoseError `encryption_unsupported` */
export function contentEncryptionOf(registry: JweRegistry, enc: string): ContentEncryption {
  const row = registry.contentEncryption[enc]
  if (row !== undefined) return row
  throw new JoseError(
    'encryption_unsupported',
    '"enc" (Encryption Algorithm) unsupported: expected a registered content encryption algorithm',
  )
}
