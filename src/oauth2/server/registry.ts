import { ConfigurationError } from '../../util/configuration-error.ts'
import { normalizeResponseType } from '../response-type.ts'
import type { ErrorPage } from './authorization/error-page.ts'
import type { ClientAuthMethod } from './client-auth.ts'
import type { Endpoint } from './endpoint.ts'
import type { Extension } from './extension.ts'
import type { AuthorizationGrant, TokenGrant } from './grant.ts'
import type { ResponseMode } from './response-mode.ts'

/** What may be registered: the part itself, or its class with its options. */
export function instantiate<P extends object, O>(part: P | (new (options?: O) => P), options: O | undefined): P {
  if (typeof part !== 'function') return part
  return options === undefined ? new part() : new part(options)
}

/** All that is registered with one server, by name. Each name is taken once. */
export class Registry<S> {
  readonly tokenGrants: Map<string, TokenGrant<S>> = new Map()
  /** By normalised response type. */
  readonly authorizationGrants: Map<string, AuthorizationGrant<S>> = new Map()
  readonly endpoints: Map<string, Endpoint<S>> = new Map()
  readonly clientAuthMethods: Map<string, ClientAuthMethod<S>> = new Map()
  readonly responseModes: Map<string, ResponseMode> = new Map()
  /** In the order in which their hooks run. */
  extensions: readonly Extension<S>[] = []

  addGrant(grant: TokenGrant<S> | AuthorizationGrant<S>): void {
    if ('grant' in grant) claim(this.tokenGrants, 'grant type', grant.grantType, grant)
    if ('responseTypes' in grant) {
      for (const type of grant.responseTypes) {
        claim(this.authorizationGrants, 'response type', normalizeResponseType(type), grant)
      }
    }
  }

  addEndpoint(endpoint: Endpoint<S>): void {
    claim(this.endpoints, 'endpoint', endpoint.name, endpoint)
  }

  addClientAuthMethod(method: ClientAuthMethod<S>): void {
    claim(this.clientAuthMethods, 'client authentication method', method.name, method)
  }

  addResponseMode(mode: ResponseMode): void {
    claim(this.responseModes, 'response mode', mode.name, mode)
  }

  /** Keeps the list in running order: by `order`, then by registration (the sort is stable). */
  addExtension(extension: Extension<S>): void {
    if (this.extensions.some(({ name }) => name === extension.name)) throw taken('extension', extension.name)
    this.extensions = [...this.extensions, extension].sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
  }

  /** The grant of a response type, whatever order its words are in. */
  findAuthorizationGrant(responseType: string): AuthorizationGrant<S> | undefined {
    return this.authorizationGrants.get(normalizeResponseType(responseType))
  }

  /** The scopes that extensions bring. */
  extensionScopes(): string[] {
    return this.extensions.flatMap(({ scopes }) => scopes ?? [])
  }

  /** Those of them that are about a person. */
  personalScopes(): string[] {
    return this.extensions.flatMap(({ personalScopes }) => personalScopes ?? [])
  }

  /** The error page of the last extension that brings one. */
  extensionErrorPage(): ErrorPage | undefined {
    const extension = this.extensions.findLast(({ errorPage }) => errorPage !== undefined)
    return extension?.errorPage?.bind(extension)
  }
}

function claim<P>(parts: Map<string, P>, kind: string, name: string, part: P): void {
  if (parts.has(name)) throw taken(kind, name)
  parts.set(name, part)
}

function taken(kind: string, name: string): ConfigurationError {
  return new ConfigurationError('AuthorizationServer', [`${kind} "${name}" is registered already`])
}
