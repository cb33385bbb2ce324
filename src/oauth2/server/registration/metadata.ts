import { JoseError } from '../../../jose/errors.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import type { JsonObject } from '../../../util/json.ts'
import {
  type ClientMetadata,
  type ClientMetadataProblem,
  checkClientMetadata,
  readClientMetadata,
  type ServerDocument,
} from '../../client-metadata.ts'
import { OAuth2Error } from '../../errors.ts'
import { formatScope } from '../../scope.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { RequestContext, ServerHandle } from '../context.ts'
import type { Client } from '../records.ts'
import type { InitialAccess } from './options.ts'
import { findSectorProblem } from './sector-identifier.ts'
import type { RegistrationSettings } from './settings.ts'
import { type SoftwareStatement, verifySoftwareStatement } from './software-statement.ts'

/** What is to be registered, after all checks. */
export interface CheckedRegistration {
  /** With the defaults written out: what the client is told is what holds. @spec RFC 7591 §3.2.1 */
  readonly metadata: ClientMetadata
  readonly statement: SoftwareStatement | undefined
}

/** Who registers what. */
interface Asker {
  readonly access?: InitialAccess | undefined
  /** The client as it is, when it changes itself. */
  readonly current?: Client
}

/**
 * Reads and checks what somebody wants to be registered: what a trusted statement says goes before what the body says, a
 * policy may change both, and what comes out is held to the one set of rules.
 *
 * @throws OAuth2Error `invalid_redirect_uri`, `invalid_client_metadata`, `invalid_software_statement`,
 * `unapproved_software_statement`
 * @spec RFC 7591 §3.1
 */
export async function readRegistration(
  { server, request, now }: RequestContext,
  settings: RegistrationSettings,
  body: JsonObject,
  { access, current }: Asker,
): Promise<CheckedRegistration> {
  const { softwareStatements, policy } = settings
  const sent = withoutNothing(body)
  const text = sent['software_statement'] ?? current?.software_statement
  const statement = softwareStatements && (await verifySoftwareStatement(server, softwareStatements, text, now))
  const document = narrow(server, settings)
  const read = readClientMetadata({ ...sent, ...statement?.claims }, document)
  if ('problems' in read) throw refuse(read.problems)
  const asked = { request, initialAccess: access, statement: statement?.claims, current }
  const metadata = withDefaults(await (policy?.(read.metadata, asked) ?? read.metadata), document)
  const problems = await findProblems(metadata, document, settings)
  if (problems.length > 0) throw refuse(problems)
  return { metadata, statement }
}

/** What the server does, as far as registered clients may have it. */
function narrow(server: ServerHandle, { grantTypes, scopes }: RegistrationSettings): ServerMetadata {
  const metadata = server.metadata()
  const supported = metadata.grant_types_supported ?? []
  const known = scopes ?? metadata.scopes_supported
  return {
    ...metadata,
    grant_types_supported: grantTypes.filter((name) => supported.includes(name)),
    ...(known !== undefined && { scopes_supported: known }),
  }
}

/** A member that is null or empty is one that is absent. @spec RFC 7592 §2.2 */
function withoutNothing(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== ''))
}

function withDefaults(metadata: ClientMetadata, { scopes_supported: scopes }: ServerMetadata): ClientMetadata {
  const grant_types = metadata.grant_types ?? ['authorization_code']
  return {
    ...metadata,
    token_endpoint_auth_method: metadata.token_endpoint_auth_method ?? 'client_secret_basic',
    grant_types,
    response_types: metadata.response_types ?? (grant_types.includes('authorization_code') ? ['code'] : []),
    ...(metadata.scope === undefined && scopes !== undefined && { scope: formatScope(scopes) }),
  }
}

async function findProblems(
  metadata: ClientMetadata,
  document: ServerDocument,
  { transport }: RegistrationSettings,
): Promise<readonly ClientMetadataProblem[]> {
  const problems = checkClientMetadata(metadata, document)
  // Keys are read, and addresses asked, only for what is otherwise in order.
  if (problems.length > 0) return problems
  const found = (await findKeyProblem(metadata)) ?? (await findSectorProblem(metadata, transport))
  return found === undefined ? [] : [found]
}

async function findKeyProblem({ jwks }: ClientMetadata): Promise<ClientMetadataProblem | undefined> {
  try {
    if (jwks !== undefined) await KeySet.import({ keys: jwks.keys.map((key) => ({ ...key, kty: String(key['kty']) })) })
    return undefined
  } catch (error) {
    if (!(error instanceof JoseError)) throw error
    return { member: 'jwks', problem: '"jwks" must hold keys that can be used' }
  }
}

/** @spec RFC 7591 §3.2.2 */
function refuse(problems: readonly ClientMetadataProblem[]): OAuth2Error {
  const description = problems.map(({ problem }) => problem).join('; ')
  return problems[0]?.member === 'redirect_uris'
    ? new OAuth2Error('invalid_redirect_uri', description, { reason: 'registration_redirect_uri_invalid' })
    : new OAuth2Error('invalid_client_metadata', description, { reason: 'registration_metadata_invalid' })
}
