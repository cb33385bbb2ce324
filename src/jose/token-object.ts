import { type JsonObject, parseJsonObject } from '../util/json.ts'
import { orThrow } from './errors.ts'

/** The members of a token in a JSON form. Of two members with one name, readers differ on which counts: there are none. */
export function parseTokenObject(text: string): JsonObject {
  return orThrow(
    () => parseJsonObject(text, { rejectDuplicates: true }),
    'token_malformed',
    'token malformed: expected a JSON object without duplicate members',
  )
}
