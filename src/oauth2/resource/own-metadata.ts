import { type HttpResponse, json } from '../../http/response.ts'
import { Router } from '../../http/router.ts'
import type { ResourceMetadata } from '../resource-metadata.ts'
import type { ResourceProtectorOptions } from './protector-options.ts'
import type { TokenValidators } from './token-validators.ts'

/**
 * What the resource says about itself: the sum of what is registered, and what its developer adds.
 *
 * @spec RFC 9728 §2
 */
export function buildResourceMetadata(
  resource: string,
  { metadata, tokenPlacement = [] }: ResourceProtectorOptions,
  validators: TokenValidators,
): ResourceMetadata {
  const { types, all } = validators
  const issuers = new Set(all.flatMap((validator) => validator.metadata?.authorization_servers ?? []))
  return {
    resource,
    ...Object.assign({}, ...all.map((validator) => validator.metadata)),
    ...(issuers.size > 0 && { authorization_servers: [...issuers] }),
    ...(types.includes('Bearer') && { bearer_methods_supported: ['header', ...tokenPlacement] }),
    ...(types.includes('DPoP') && { dpop_bound_access_tokens_required: !types.includes('Bearer') }),
    ...metadata,
  }
}

/** A path that answers with the document, to everybody. @spec RFC 9728 §3.2 */
export function routeMetadata(url: string, describe: () => ResourceMetadata): Router {
  const handle = (): HttpResponse => json(200, describe(), [['cache-control', 'public, max-age=300']])
  return new Router([{ path: new URL(url).pathname, methods: ['GET'], cors: 'public', handle }])
}
