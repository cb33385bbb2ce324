import { ecdh1pu } from 'authwright/jose/algorithms/ecdh-1pu'
import { chacha } from 'authwright/jose/algorithms/xc20p'
import { decryptJson } from 'authwright/jose/jwe'
import { Key } from 'authwright/jose/jwk'
import { describe, expect, it } from 'vitest'
import { encryptionBackend } from '../../../src/crypto/encryption.ts'
import { concatKdf } from '../../../src/jose/algorithms/concat-kdf.ts'
import { contentEncryptionOf, createJweRegistry } from '../../../src/jose/algorithms/jwe-registry.ts'
import { backends, fromHex, toHex } from '../../contracts/crypto-backend.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index)
const registry = createJweRegistry(chacha)

const kerckhoffs =
  'A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience'

/** Ciphertext and tag. */
const cbcVectors: readonly [spec: string, enc: string, sealed: string][] = [
  [
    'RFC 7518 §B.1',
    'A128CBC-HS256',
    `c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9
     a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336
     09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b
     384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5
     4b8851ffb598f7f80074b9473c82e2db652c3fa36b0a7c5b3219fab3a30bc1c4`,
  ],
  [
    'RFC 7518 §B.2',
    'A192CBC-HS384',
    `ea65da6b59e61edb419be62d19712ae5d303eeb50052d0dfd6697f77224c8edb
     000d279bdc14c1072654bd30944230c657bed4ca0c9f4a8466f22b226d174621
     4bf8cfc2400add9f5126e479663fc90b3bed787a2f0ffcbf3904be2a641d5c21
     05bfe591bae23b1d7449e532eef60a9ac8bb6c6b01d35d49787bcd57ef484927
     f280adc91ac0c4e79c7b11efc60054e3
     8490ac0e58949bfe51875d733f93ac2075168039ccc733d7`,
  ],
  [
    'RFC 7518 §B.3',
    'A256CBC-HS512',
    `4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd
     822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b
     36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3
     a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b
     be2638d09dd7a4930930806d0703b1f6
     4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5`,
  ],
]

describe.each(backends)('RFC 7518 §5.2, §5.2.2.1, §B.1, §B.2, §B.3 AES-CBC with HMAC on $name', (crypto) => {
  const handles = { crypto, encryption: encryptionBackend(crypto) }
  const iv = fromHex('1af38c2dc2b96ffdd86694092341bc04')
  const additionalData = bytes('The second principle of Auguste Kerckhoffs')

  it.each(cbcVectors)('%s %s', async (_, name, expected) => {
    const enc = contentEncryptionOf(registry, name)
    const input = { key: counting(enc.keyLength), iv, additionalData }
    const { ciphertext, tag } = await enc.seal(handles, input, bytes(kerckhoffs))
    expect(`${toHex(ciphertext)}${toHex(tag)}`).toBe(expected.replace(/\s/g, ''))
    expect(toHex(await enc.open(handles, input, { ciphertext, tag }))).toBe(toHex(bytes(kerckhoffs)))
  })
})

describe.each(backends)('RFC 7518 §4.6.2, §C key agreement on $name', (crypto) => {
  const alice = {
    kty: 'EC',
    crv: 'P-256',
    x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
    y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
    d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
  }
  const bob = {
    kty: 'EC',
    crv: 'P-256',
    x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
    y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
    d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
  }
  const encryption = encryptionBackend(crypto)

  it('agrees from both sides, and derives the key that the example prints', async () => {
    const { d: _alice, ...alicePublic } = alice
    const { d: _bob, ...bobPublic } = bob
    const secret = await (await encryption.agreement(bob, 'P-256'))(alicePublic)
    expect(toHex(secret)).toBe('9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4')
    expect(await (await encryption.agreement(alice, 'P-256'))(bobPublic)).toEqual(secret)
    const key = await concatKdf(crypto, {
      secret: secret ?? new Uint8Array(),
      algorithm: 'A128GCM',
      length: 16,
      apu: bytes('Alice'),
      apv: bytes('Bob'),
    })
    expect(Buffer.from(key).toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg')
  })
})

/** The ephemeral key is RFC 7748's Alice, the recipient its Bob. */
const rfc8037: readonly [spec: string, crv: 'X25519' | 'X448', d: string, x: string, peer: string, secret: string][] = [
  [
    'RFC 8037 §A.6',
    'X25519',
    '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
    'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
    '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
  ],
  [
    'RFC 8037 §A.7',
    'X448',
    '1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d',
    '3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609',
    '9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0',
    '07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d',
  ],
]

describe.each(backends)('RFC 8037 §A.6, §A.7 key agreement on $name', (crypto) => {
  const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url')

  it.each(rfc8037)('%s %s', async (_, crv, d, x, peer, secret) => {
    const own = { kty: 'OKP', crv, x: base64url(x), d: base64url(d) }
    const agree = await encryptionBackend(crypto).agreement(own, crv)
    expect(toHex(await agree({ kty: 'OKP', crv, x: base64url(peer) }))).toBe(secret)
  })
})

describe.each(backends)('RFC 3394 §2.2.3.1, §4.1, §4.2, §4.6 AES Key Wrap on $name', (crypto) => {
  it.each([
    [16, 16, '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'],
    [24, 16, '96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d'],
    [32, 32, '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21'],
  ])('a KEK of %i bytes, a key of %i', async (kekLength, length, expected) => {
    const encryption = encryptionBackend(crypto)
    const key = fromHex('00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f').subarray(0, length)
    const wrapped = await encryption.aesKeyWrap(counting(kekLength), key)
    expect(toHex(wrapped)).toBe(expected)
    expect(toHex(await encryption.aesKeyUnwrap(counting(kekLength), wrapped))).toBe(toHex(key))
  })
})

describe('RFC 8439 §2.3 a block of ChaCha20', () => {
  it('is the printed one of RFC 8439 §2.3.2, where the runtime has the cipher', () => {
    const keyStreams = backends.map((crypto) => encryptionBackend(crypto).chaCha20)
    expect(keyStreams.map((cipher) => cipher !== undefined)).toEqual([true, false])
    const counterAndNonce = fromHex('01000000000000090000004a00000000')
    expect(toHex(keyStreams[0]?.keyStream(counting(32), counterAndNonce))).toBe(
      `10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e
       d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e`.replace(/\s/g, ''),
    )
  })
})

describe('draft-irtf-cfrg-xchacha-03 §A.3.1 XChaCha20-Poly1305', () => {
  const [crypto] = backends
  const sunscreen =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."

  it('seals and opens as the example does', async () => {
    if (crypto === undefined) throw new Error('no backend')
    const handles = { crypto, encryption: encryptionBackend(crypto) }
    const input = {
      key: fromHex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'),
      iv: fromHex('404142434445464748494a4b4c4d4e4f5051525354555657'),
      additionalData: fromHex('50515253c0c1c2c3c4c5c6c7'),
    }
    const enc = contentEncryptionOf(registry, 'XC20P')
    const { ciphertext, tag } = await enc.seal(handles, input, bytes(sunscreen))
    expect(toHex(ciphertext)).toBe(
      `bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb
       731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
       2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
       21f9664c97637da9768812f615c68b13b52e`.replace(/\s/g, ''),
    )
    expect(toHex(tag)).toBe('c0875924c1c7987947deafd8780acf49')
    expect(toHex(await enc.open(handles, input, { ciphertext, tag }))).toBe(toHex(bytes(sunscreen)))
  })
})

describe.each(backends)('draft-madden-jose-ecdh-1pu-04 §A on $name', (crypto) => {
  const bob = { kty: 'EC', crv: 'P-256', d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw' }
  const bobPublic = {
    x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
    y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
  }
  const ephemeral = {
    x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
    y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
  }
  const alice = {
    x: 'WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis',
    y: 'y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE',
  }

  it('derives the key from both secrets', async () => {
    const agree = await encryptionBackend(crypto).agreement({ ...bob, ...bobPublic }, 'P-256')
    const secrets = [await agree({ ...bob, ...ephemeral }), await agree({ ...bob, ...alice })]
    const secret = fromHex(secrets.map(toHex).join(''))
    const parties = { apu: bytes('Alice'), apv: bytes('Bob') }
    const key = await concatKdf(crypto, { secret, algorithm: 'A256GCM', length: 32, ...parties })
    expect(toHex(key)).toBe('6caf13723d14850ad4b42cd6dde935bffd2fff00a9ba70de05c203a5e1722ca7')
  })
})

describe.each(backends)('draft-madden-jose-ecdh-1pu-04 §B on $name', (backend) => {
  const okp = { kty: 'OKP', crv: 'X25519' }
  const alice = { ...okp, kid: 'Alice', x: 'Knbm_BcdQr7WIoz-uqit9M0wbcfEr6y-9UfIZ8QnBD4' }
  const jwe = {
    protected: Buffer.from(
      '{"alg":"ECDH-1PU+A128KW","enc":"A256CBC-HS512","apu":"QWxpY2U","apv":"Qm9iIGFuZCBDaGFybGll","epk":{"kty":"OKP","crv":"X25519","x":"k9of_cpAajy0poW5gaixXGs9nHkwg1AFqUAFa39dyBc"}}',
    ).toString('base64url'),
    recipients: [
      {
        header: { kid: 'bob-key-2' },
        encrypted_key:
          'pOMVA9_PtoRe7xXW1139NzzN1UhiFoio8lGto9cf0t8PyU-sjNXH8-LIRLycq8CHJQbDwvQeU1cSl55cQ0hGezJu2N9IY0QN',
      },
      {
        header: { kid: '2021-05-06' },
        encrypted_key:
          '56GVudgRLIMEElQ7DpXsijJVRSWUSDNdbWkdV3g0GUNq6hcT_GkxwnxlPIWrTXCqRpVKQC8fe4z3PQ2YH2afvjQ28aiCTWFE',
      },
    ],
    iv: 'AAECAwQFBgcICQoLDA0ODw',
    ciphertext: 'Az2IWsISEMDJvyc5XRL-3-d-RgNBOGolCsxFFoUXFYw',
    tag: 'HLb4fTlm8spGmij3RyOs2gJ4DpHM4hhVRwdF_hGb3WQ',
  }

  it.each([
    ['Bob', 'bob-key-2', 'BT7aR0ItXfeDAldeeOlXL_wXqp-j5FltT0vRSG16kRw', '1gDirl_r_Y3-qUa3WXHgEXrrEHngWThU3c9zj9A2uBg'],
    [
      'Charlie',
      '2021-05-06',
      'q-LsvU772uV_2sPJhfAIq-3vnKNVefNoIlvyvg1hrnE',
      'Jcv8gklhMjC0b-lsk5onBbppWAx5ncNtbM63Jr9xBQE',
    ],
  ])('%s decrypts what Alice sent', async (_, kid, x, d) => {
    const key = await Key.import({ ...okp, kid, x, d }, { backend, use: 'enc' })
    const sender = await Key.import(alice, { backend, use: 'enc' })
    const algorithms = ['ECDH-1PU+A128KW']
    const options = { algorithms, sender, registry: createJweRegistry(ecdh1pu) }
    const { plaintext } = await decryptJson(jwe, key, options)
    expect(new TextDecoder().decode(plaintext)).toBe('Three is a magic number.')
  })
})
