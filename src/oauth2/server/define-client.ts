import { ConfigurationError } from '../../util/configuration-error.ts'
import { type ClientMetadata, findClientMetadataProblems } from '../client-metadata.ts'
import { findSecretProblems, storeSecret } from './client-secret.ts'
import type { Client } from './records.ts'

/** A client as an operator writes it down. */
export interface ClientDefinition extends ClientMetadata {
  client_id: string
  /** In the clear here and nowhere else: what is kept is its hash. */
  client_secret?: string
}

/**
 * Checks a client's metadata and hashes its secret: what comes out is what a store keeps.
 *
 * @example
 * const client = await defineClient({
 *   client_id: 'web',
 *   client_secret: process.env.WEB_CLIENT_SECRET,
 *   redirect_uris: ['https://app.example/callback'],
 *   grant_types: ['authorization_code', 'refresh_token'],
 * })
 * @throws ConfigurationError with every problem at once.
 * @spec RFC 6749 §2
 */
export async function defineClient(definition: ClientDefinition): Promise<Client> {
  const { client_secret: secret, ...metadata } = definition
  const problems = [...credentialProblems(definition), ...findClientMetadataProblems(metadata)]
  if (problems.length > 0) throw new ConfigurationError('client', problems)
  return secret === undefined ? metadata : { ...metadata, client_secrets: [await storeSecret(metadata, secret)] }
}

/** Identifier and secret are printable ASCII (RFC 6749 §A.1, §A.2); who has a secret is said by the method. */
function credentialProblems(definition: ClientDefinition): string[] {
  const {
    client_id: id,
    client_secret: secret,
    token_endpoint_auth_method: method = 'client_secret_basic',
  } = definition
  const problems: string[] = []
  if (!/^[\x20-\x7e]+$/.test(id)) problems.push('"client_id" must be printable ASCII')
  if (secret !== undefined) return [...problems, ...findSecretProblems(definition, secret)]
  if (method === 'client_secret_jwt') problems.push('"client_secret" is missing: "client_secret_jwt" computes with it')
  if (method === 'client_secret_basic' || method === 'client_secret_post') {
    problems.push('"client_secret" is missing; a public client says "token_endpoint_auth_method" "none"')
  }
  return problems
}
