import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import type { Contestant } from '../contest.ts'
import type { Algorithm, Keys } from './subject.ts'

/**
 * `raw` is the limit: the bare primitives of node:crypto, with key objects (which ciphers take many times faster than
 * bytes from Node 24 on), bytes in and bytes out. Who decrypts has the
 * sender's ephemeral key as a key object already; who encrypts writes none.
 */
export interface Raw {
  readonly encrypt: Contestant
  readonly decrypt: Contestant
}

/** How a content encryption key comes to the recipient. */
interface KeyTransport {
  send(): Sent
  receive(sent: Sent): KeyObject
}

interface Sent {
  readonly cek: KeyObject
  readonly encryptedKey?: Uint8Array
  readonly ephemeral?: KeyObject
}

export function prepareRaw(algorithm: Algorithm, keys: Keys, plaintext: Uint8Array): Raw {
  const { send, receive } = transportOf(algorithm, keys)
  const sent = send()
  const sealed = seal(sent.cek, plaintext)
  return {
    encrypt: { name: 'raw', run: () => seal(send().cek, plaintext) },
    decrypt: { name: 'raw', run: () => open(receive(sent), sealed) },
  }
}

interface Sealed {
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/** As long as a protected header of JOSE is. */
const additionalData = Buffer.alloc(40, 'a')

function seal(cek: KeyObject, plaintext: Uint8Array): Sealed {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', cek, iv)
  cipher.setAAD(additionalData)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return { iv, ciphertext, tag: cipher.getAuthTag() }
}

function open(cek: KeyObject, { iv, ciphertext, tag }: Sealed): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', cek, iv, { authTagLength: 16 })
  decipher.setAAD(additionalData)
  decipher.setAuthTag(tag)
  const plaintext = decipher.update(ciphertext)
  decipher.final()
  return plaintext
}

function transportOf(algorithm: Algorithm, keys: Keys): KeyTransport {
  switch (algorithm) {
    case 'dir':
      return direct(keys)
    case 'A256KW':
      return keyWrap(keys)
    case 'RSA-OAEP-256':
      return rsaOaep(keys)
    case 'ECDH-ES P-256':
      return agreement(keys, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }))
    case 'ECDH-ES X25519':
      return agreement(keys, () => generateKeyPairSync('x25519'))
  }
}

function direct({ privateKey }: Keys): KeyTransport {
  const sent = { cek: privateKey }
  return { send: () => sent, receive: () => sent.cek }
}

function keyWrap({ privateKey }: Keys): KeyTransport {
  const iv = Buffer.alloc(8, 0xa6)
  return {
    send() {
      const cek = randomBytes(32)
      const cipher = createCipheriv('id-aes256-wrap', privateKey, iv)
      const encryptedKey = cipher.update(cek)
      cipher.final()
      return { cek: createSecretKey(cek), encryptedKey }
    },
    receive({ encryptedKey = new Uint8Array() }) {
      const decipher = createDecipheriv('id-aes256-wrap', privateKey, iv)
      const cek = decipher.update(encryptedKey)
      decipher.final()
      return createSecretKey(cek)
    },
  }
}

function rsaOaep({ privateKey, publicKey }: Keys): KeyTransport {
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const [encrypting, decrypting] = [
    { key: publicKey, ...oaep },
    { key: privateKey, ...oaep },
  ]
  return {
    send() {
      const cek = randomBytes(32)
      return { cek: createSecretKey(cek), encryptedKey: publicEncrypt(encrypting, cek) }
    },
    receive: ({ encryptedKey = new Uint8Array() }) => createSecretKey(privateDecrypt(decrypting, encryptedKey)),
  }
}

/** What the Concat KDF hashes behind the secret: names and lengths (RFC 7518 §4.6.2). */
const otherInformation = Buffer.alloc(31)
const firstRound = Buffer.from([0, 0, 0, 1])

function agreement({ privateKey, publicKey }: Keys, generate: () => Keys): KeyTransport {
  const derive = (own: KeyObject, other: KeyObject): KeyObject => {
    const secret = diffieHellman({ privateKey: own, publicKey: other })
    return createSecretKey(createHash('sha256').update(firstRound).update(secret).update(otherInformation).digest())
  }
  return {
    send() {
      const pair = generate()
      return { cek: derive(pair.privateKey, publicKey), ephemeral: pair.publicKey }
    },
    receive: ({ ephemeral = publicKey }) => derive(privateKey, ephemeral),
  }
}
