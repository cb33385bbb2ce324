export interface RenewalOptions {
  /**
   * The request of the application that the token belongs to: with it `fetchToken` finds the one that somebody else may have
   * stored in its place, and `updateToken` knows where the new one goes.
   */
  readonly request?: unknown
}
