import type { RequestParameters } from '../../../http/form.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import type { AuthorizationGrant } from '../grant.ts'
import type { Client } from '../records.ts'
import type { ResourceServer } from '../resources.ts'
import type { ClientStore } from '../store.ts'
import type { ProvenRequest, RedirectTarget, RequestSource } from './request.ts'

/** What the checks may ask of the server. */
export interface PipelineRules {
  readonly store: ClientStore
  /** Scopes the server knows. Absent: any. */
  readonly scopes: readonly string[] | undefined
  requiresPkce(client: Client): boolean
  /** The grant that answers a response type. */
  findGrant(
    responseType: string,
  ): Pick<AuthorizationGrant, 'defaultResponseMode' | 'responseModes' | 'grantType'> | undefined
  hasResponseMode(name: string): boolean
  findResource(resource: string, client: Client): Awaitable<ResourceServer | undefined>
}

/** An authorization request above the line: nothing in it is known to be true. */
export interface UnprovenDraft {
  params: RequestParameters
  source: RequestSource
  readonly rules: PipelineRules
  client?: Client
  redirectUri?: RedirectTarget
}

/** An authorization request below the line: it has a place where errors may go, and fills up with what is checked. */
export interface ProvenDraft extends ProvenRequest {
  readonly rules: PipelineRules
  responseType: string
  scope: string
  resource: readonly string[]
  codeChallenge: string | undefined
}

/** Throws `OAuth2Error`: the person sees it on a page. */
export type PageCheck = (draft: UnprovenDraft) => Awaitable<void>

/** Throws `OAuth2Error`: it is sent to the client by redirect. */
export type RedirectCheck = (draft: ProvenDraft) => Awaitable<void>
