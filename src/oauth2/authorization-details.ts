import { isNonEmptyString, isRecord } from '../util/assert.ts'

/** One thing that a client asks to be allowed, or is allowed. What else is in it, its type decides. @spec RFC 9396 §2 */
export interface AuthorizationDetail {
  /** What kind of thing it is. */
  readonly type: string
  /** Where: the resources, as URIs. */
  readonly locations?: readonly string[]
  readonly actions?: readonly string[]
  readonly datatypes?: readonly string[]
  readonly identifier?: string
  readonly privileges?: readonly string[]
  readonly [member: string]: unknown
}

/** Whether a value is a list of objects that each say their type. @spec RFC 9396 §2 */
export function isAuthorizationDetails(value: unknown): value is readonly AuthorizationDetail[] {
  return Array.isArray(value) && value.every((detail) => isRecord(detail) && isNonEmptyString(detail['type']))
}
