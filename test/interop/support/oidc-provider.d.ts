/** As much of oidc-provider as is used here: the package comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  export interface Grant {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  export interface InteractionDetails {
    readonly params: Readonly<Record<string, string>>
  }

  export default class Provider {
    readonly Grant: new (members: {
      accountId: string
      clientId: string | undefined
    }) => Grant
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): RequestListener
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  }
}
