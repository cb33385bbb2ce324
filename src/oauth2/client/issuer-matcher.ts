import type { ServerMetadata } from '../server-metadata.ts'

/** Where an issuer was found, and what else is known there. */
export interface IssuerContext {
  /**
   * `metadata`: in the server's description of itself. `response`: beside a code, or in a request of the provider to log out.
   * `token`: in a signed token, whose `claims` are there too.
   */
  readonly where: 'metadata' | 'response' | 'token'
  readonly claims?: Readonly<Record<string, unknown>>
  /** What the server says about itself. */
  readonly metadata: Partial<ServerMetadata>
}

/**
 * Whether an issuer is the server's: for servers that have one for each of their tenants. It takes the place of the comparison
 * with the one issuer that a server has by the specifications, so whatever it lets pass can log people in.
 */
export type IssuerMatcher = (issuer: string, context: IssuerContext) => boolean
