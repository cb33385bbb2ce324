export interface BetterAuth {
  readonly issuer: string
  /** The cookies of the person who is signed in. */
  readonly cookie: string
  readonly clientId: string
  readonly clientSecret: string
  close(): Promise<void>
}

/** better-auth with its provider plugin on the network. It knows one person, who is signed in. */
export function startBetterAuth(client: {
  readonly redirectUri: string
  readonly signedOutUri: string
}): Promise<BetterAuth>
