import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backends } from '../../../../test/contracts/crypto-backend.ts'
import { derChildren, derTags, expectDer, readDer } from '../../../crypto/der.ts'
import { Key } from '../key.ts'
import { element, octetString, sequence } from './asn1.ts'
import { writePem } from './pem.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const certificate = readFileSync(new URL('../../../../test/fixtures/keys/p256-v1.crt', import.meta.url), 'utf8')
const password = 'correct'

const forms = [
  ['PUBLIC KEY', ed.publicKey.export({ format: 'der', type: 'spki' })],
  ['PUBLIC KEY', rsa.publicKey.export({ format: 'der', type: 'spki' })],
  ['PRIVATE KEY', ed.privateKey.export({ format: 'der', type: 'pkcs8' })],
  ['RSA PUBLIC KEY', rsa.publicKey.export({ format: 'der', type: 'pkcs1' })],
  ['RSA PRIVATE KEY', rsa.privateKey.export({ format: 'der', type: 'pkcs1' })],
  ['EC PRIVATE KEY', ec.privateKey.export({ format: 'der', type: 'sec1' })],
  ['CERTIFICATE', Buffer.from(certificate.replace(/-.*-/g, ''), 'base64')],
  ['ENCRYPTED PRIVATE KEY', encrypted()],
] as const

function encrypted(): Buffer {
  return ed.privateKey.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: password })
}

/** What is within the outermost element. */
function contentOf(der: Uint8Array): Uint8Array {
  return readDer(der).content
}

const manners: readonly (readonly [string, (der: Uint8Array) => Uint8Array])[] = [
  ['with bytes behind it', (der) => Uint8Array.from([...der, 0])],
  ['twice', (der) => Uint8Array.from([...der, ...der])],
  ['cut', (der) => der.subarray(0, der.length - 1)],
  [
    'with a length of more bytes than it needs',
    (der) => {
      const content = contentOf(der)
      return Uint8Array.from([0x30, 0x83, 0, content.length >> 8, content.length & 0xff, ...content])
    },
  ],
  ['with a length that is left open', (der) => Uint8Array.from([0x30, 0x80, ...contentOf(der), 0, 0])],
]

const cases = backends.flatMap((backend) =>
  forms.flatMap(([label, der]) =>
    manners.map(([manner, change]) => ({ label, manner, backend, on: backend.name, changed: change(der) })),
  ),
)

const expectation =
  'expected one element of DER with nothing behind it, its lengths definite and its numbers as short as they can be'

describe('RFC 5280 §4.1, RFC 7468 §2, RFC 8018 §6.2 keys are DER, not any BER', () => {
  it.each(forms)('%s is read as it is', async (label, der) => {
    expect(await Key.import(writePem(label, der), { password })).toBeInstanceOf(Key)
    expect(await Key.import(der, { format: 'der', password })).toBeInstanceOf(Key)
  })

  it.each(cases)('a $label $manner is refused on $on', async ({ label, backend, changed }) => {
    const refused = (form: string): object => ({
      name: 'JoseError',
      code: 'key_invalid',
      message: `${form} invalid: ${expectation}`,
    })
    const text = Key.import(writePem(label, changed), { password, backend })
    await expect(text).rejects.toMatchObject(refused(`PEM "${label}"`))
    const bytes = Key.import(changed, { format: 'der', password, backend })
    await expect(bytes).rejects.toMatchObject(refused('DER'))
  })

  it.each(forms)('a %s with an element too many is refused', async (_, der) => {
    const more = sequence(contentOf(der), Uint8Array.of(5, 0))
    await expect(Key.import(more, { format: 'der', password })).rejects.toMatchObject({ name: 'JoseError' })
  })

  it.each(backends)('a private key with bytes behind it, within PKCS #8, is refused on $name', async (backend) => {
    for (const { privateKey } of [rsa, ec, ed]) {
      const parts = derChildren(readDer(privateKey.export({ format: 'der', type: 'pkcs8' })))
      const [version, algorithm, key] = parts.map(({ whole }) => whole)
      if (version === undefined || algorithm === undefined || key === undefined) throw new Error('no PKCS #8')
      const changed = sequence(version, algorithm, octetString(Uint8Array.from([...readDer(key).content, 0])))
      await expect(Key.import(writePem('PRIVATE KEY', changed), { backend })).rejects.toMatchObject({
        message: `PEM "PRIVATE KEY" invalid: ${expectation}`,
      })
    }
  })

  it.each(backends)('an RSA key with bytes behind it, within its SPKI, is refused on $name', async (backend) => {
    const [algorithm, key] = derChildren(readDer(rsa.publicKey.export({ format: 'der', type: 'spki' })))
    const content = expectDer(key, derTags.bitString).content
    const changed = sequence(algorithm?.whole ?? content, element(derTags.bitString, content, Uint8Array.of(0)))
    await expect(Key.import(changed, { format: 'der', backend })).rejects.toMatchObject({
      message: `DER invalid: ${expectation}`,
    })
  })
})
