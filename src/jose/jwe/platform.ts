import { PlatformUnsupportedError } from '../../crypto/backend.ts'
import { JoseError } from '../errors.ts'

/** Says in our words that this runtime lacks an algorithm; all other exceptions stay what they are. */
export function explained(cause: unknown): unknown {
  if (!(cause instanceof PlatformUnsupportedError)) return cause
  return new JoseError('algorithm_unsupported', `algorithm unsupported: ${cause.message}`, { cause })
}
