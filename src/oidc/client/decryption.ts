/** What was in an encrypted token. */
export interface DecryptedToken {
  readonly content: string
  /** Whether the content says that it is a signed JWT. */
  readonly isNested: boolean
}

/** Opens what a provider encrypted for this client: `new TokenDecryption(keys)` is one. */
export interface Decryption {
  /** @throws JoseError */
  decrypt(token: string): Promise<DecryptedToken>
}

/** Whether a token is encrypted, by its form: five parts. @spec RFC 7516 §9 */
export function isEncrypted(token: string): boolean {
  return token.split('.', 6).length === 5
}
