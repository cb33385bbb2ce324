import type { OutgoingResponse } from '../../http/fetch.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { parseJsonObject } from '../../util/json.ts'
import { type ProviderRefusal, readRefusal } from './errors.ts'

/** The refusal in an answer, where there is one. @spec RFC 6749 §5.2 */
export function readRefusalBody({ body }: OutgoingResponse): ProviderRefusal | undefined {
  try {
    const value = parseJsonObject(decodeUtf8(body))
    return readRefusal((name) => value[name])
  } catch {
    return undefined
  }
}
