import { concatBytes } from '../../util/bytes.ts'
import { JoseError } from '../errors.ts'
import { concatKdf, type Derivation } from './concat-kdf.ts'
import {
  agreementHeader,
  agreementKey,
  agreementOf,
  agreeWithSender,
  ephemeralOf,
  parties,
  partiesOf,
} from './ecdh-es.ts'
import type { JweAlgorithms } from './jwe-registry.ts'
import {
  freshKey,
  type KeyHandle,
  type KeyManagementRow,
  type ReceiveRequest,
  refuseEncryptedKey,
  type SendRequest,
} from './key-management.ts'

/*
 * draft-madden-jose-ecdh-1pu-04: key agreement in which the sender's own key takes part, so that the recipient knows
 * who sent. The recipient could have written the same token; nobody else could.
 */

/** The agreed key is the content encryption key. draft-madden-jose-ecdh-1pu-04 §2.2 */
const direct: KeyManagementRow = (name) => ({
  ...agreementKey,
  name,
  isDirect: true,
  isAuthenticated: true,
  async sender(key) {
    const agree = await ephemeralOf(key)
    return async (request) => {
      const { enc } = request
      const { publicKey, secret } = await agree()
      const agreed = concatBytes(secret, await sendersSecret(key, request))
      const derivation = { secret: agreed, algorithm: enc.name, length: enc.keyLength, ...parties(request) }
      const cek = await concatKdf(key.crypto, derivation)
      return { cek, encryptedKey: new Uint8Array(), header: headerOf(publicKey, request) }
    }
  },
  receiver: (key) => async (request) => {
    refuseEncryptedKey(name, request)
    const { enc } = request
    const secret = await receiversSecret(key, request)
    return concatKdf(key.crypto, { secret, algorithm: enc.name, length: enc.keyLength, ...partiesOf(request) })
  },
})

/**
 * The agreed key wraps the content encryption key, and is bound to the tag of the text: otherwise one recipient could
 * send another text to the others in the sender's name. draft-madden-jose-ecdh-1pu-04 §2.1
 */
function keyWrap(bits: number): KeyManagementRow {
  return (name) => ({
    ...agreementKey,
    name,
    isDirect: false,
    isAuthenticated: true,
    needsCommitting: true,
    async sender(key) {
      const agree = await ephemeralOf(key)
      return async (request) => {
        const { publicKey, secret } = await agree()
        const agreed = concatBytes(secret, await sendersSecret(key, request))
        const cek = freshKey(key, request)
        const derivation = { secret: agreed, algorithm: name, length: bits / 8, ...parties(request) }
        const encryptedKey = async (tag: Uint8Array): Promise<Uint8Array> =>
          key.encryption.aesKeyWrap(await concatKdf(key.crypto, { ...derivation, tag }), cek)
        return { cek, encryptedKey, header: headerOf(publicKey, request) }
      }
    },
    receiver: (key) => async (request) => {
      const secret = await receiversSecret(key, request)
      const { tag, encryptedKey } = request
      const derivation: Derivation = { secret, algorithm: name, length: bits / 8, ...partiesOf(request), tag }
      return key.encryption.aesKeyUnwrap(await concatKdf(key.crypto, derivation), encryptedKey)
    },
  })
}

/** To be passed to `createJweRegistry`. */
export const ecdh1pu: JweAlgorithms = {
  keyManagement: {
    'ECDH-1PU': direct,
    'ECDH-1PU+A128KW': keyWrap(128),
    'ECDH-1PU+A192KW': keyWrap(192),
    'ECDH-1PU+A256KW': keyWrap(256),
  },
}

/** `skid` tells the recipient whose key to use. draft-madden-jose-ecdh-1pu-04 §2.1.1 */
function headerOf(
  publicKey: Parameters<typeof agreementHeader>[0],
  request: SendRequest,
): Readonly<Record<string, unknown>> {
  const { senderKid } = request
  return { ...agreementHeader(publicKey, request), ...(senderKid !== undefined && { skid: senderKid }) }
}

/** What the sender's own key and the recipient's agree upon, from the sender's side. */
async function sendersSecret(recipient: KeyHandle, { sender }: SendRequest): Promise<Uint8Array> {
  return staticSecret(sender, recipient)
}

/** Both secrets, from the recipient's side: first with the ephemeral key, then with the sender's own. */
async function receiversSecret(key: KeyHandle, request: ReceiveRequest): Promise<Uint8Array> {
  const ephemeral = await agreeWithSender(await agreementOf(key), request)
  return concatBytes(ephemeral, await staticSecret(key, request.sender))
}

async function staticSecret(own: KeyHandle | undefined, other: KeyHandle | undefined): Promise<Uint8Array> {
  const { publicMembers } = other ?? {}
  const agree = own === undefined || own.crv !== other?.crv ? undefined : await agreementOf(own)
  const secret = publicMembers === undefined ? undefined : await agree?.(publicMembers)
  if (secret !== undefined) return secret
  throw new JoseError(
    'key_curve_mismatch',
    '"crv" (Curve) mismatch: expected keys of sender and recipient on one curve',
  )
}
