import { encodeBase64url } from '../util/base64url.ts'
import type { Data, Digests, HashName } from './primitives.ts'
import { ownBytes } from './web-signatures.ts'

/** The digests of WebCrypto, which answer later; what is no hash, at once. */
export const webDigests: Digests = {
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  timingSafeEqual(a, b) {
    if (a.length !== b.length) return false
    let difference = 0
    for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
    return difference === 0
  },
  hash: digest,
  hashBase64url: async (name, data) => encodeBase64url(await digest(name, data)),
  async hmac(name, key, data) {
    const algorithm = { name: 'HMAC', hash: name.toUpperCase() }
    const imported = await crypto.subtle.importKey('raw', ownBytes(key), algorithm, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, ownBytes(data)))
  },
}

async function digest(name: HashName, data: Data): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(name.toUpperCase(), ownBytes(data)))
}
