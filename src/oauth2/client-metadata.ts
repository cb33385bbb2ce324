import { findInvalidMembers, isClientMetadata, pickMembers } from './client-metadata/members.ts'
import type { ClientMetadataProblem } from './client-metadata/problem.ts'
import { findBrokenRules } from './client-metadata/rules.ts'
import { findUnsupported, type ServerDocument, withoutMeaningless } from './client-metadata/support.ts'
import type { ClientMetadata } from './client-metadata/types.ts'

export type { ClientMetadataProblem } from './client-metadata/problem.ts'
export type { ServerDocument } from './client-metadata/support.ts'
export type { ClientMetadata } from './client-metadata/types.ts'

/**
 * What is wrong with a client's metadata, a sentence each. The one rule for static clients, registration and
 * administration alike: a URL that runs (`javascript:`) or is fetched from afar must not come in by any door.
 *
 * @param server the metadata of the server that it is for. Absent: any server's.
 * @spec RFC 7591 §2
 */
export function findClientMetadataProblems(metadata: ClientMetadata, server?: ServerDocument): string[] {
  return checkClientMetadata(metadata, server).map(({ problem }) => problem)
}

/** The same, with the member that each is about. */
export function checkClientMetadata(metadata: ClientMetadata, server?: ServerDocument): ClientMetadataProblem[] {
  const invalid = findInvalidMembers({ ...metadata })
  const isInvalid = (member: string): boolean => invalid.some((problem) => problem.member === member)
  // Rules are for values that are what they should be, and say nothing of those that are not.
  const valid = Object.fromEntries(Object.entries(metadata).filter(([member]) => !isInvalid(member)))
  const broken = [...findBrokenRules(valid), ...(server === undefined ? [] : findUnsupported(valid, server))]
  return [...invalid, ...broken.filter(({ member }) => !isInvalid(member))]
}

export type ReadClientMetadata =
  | { readonly metadata: ClientMetadata }
  | { readonly problems: readonly ClientMetadataProblem[] }

/**
 * Reads what somebody sent to be registered: members that mean nothing to this server are left out, the others have values
 * of their kind. Whether they may be registered like that is for `checkClientMetadata` to say.
 *
 * @spec RFC 7591 §2
 */
export function readClientMetadata(
  body: Readonly<Record<string, unknown>>,
  server: ServerDocument,
): ReadClientMetadata {
  const members = pickMembers(body)
  return isClientMetadata(members)
    ? { metadata: withoutMeaningless(members, server) }
    : { problems: findInvalidMembers(members) }
}
