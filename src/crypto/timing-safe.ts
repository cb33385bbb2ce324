import { encodeUtf8 } from '../util/bytes.ts'
import { getDigests } from './digests.ts'

/**
 * Whether two texts are equal, in a time that does not tell where they differ. A text of another length is compared as
 * far as the longer one goes.
 */
export function equalsInConstantTime(a: string, b: string): boolean {
  const left = encodeUtf8(a)
  const right = encodeUtf8(b)
  const length = Math.max(left.length, right.length)
  const isSame = getDigests().timingSafeEqual(pad(left, length), pad(right, length))
  return isSame && left.length === right.length
}

function pad(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return bytes
  const padded = new Uint8Array(length)
  padded.set(bytes)
  return padded
}
