import { describe, expect, it } from 'vitest'
import { createNodeBackend } from '../../../src/crypto/node.ts'
import type { CryptoBackend } from '../../../src/crypto/primitives.ts'
import { createWebBackend } from '../../../src/crypto/web.ts'
import { Key, KeySet } from '../../../src/jose/index.ts'
import {
  parseUnverifiedCompact,
  signCompact,
  signDetached,
  signFlattened,
  signGeneral,
  verifyCompact,
  verifyDetached,
  verifyFlattened,
  verifyGeneral,
} from '../../../src/jose/jws/index.ts'
import { signatureVectors } from './vectors.ts'

const backends: CryptoBackend[] = [createNodeBackend() ?? createWebBackend(), createWebBackend()]
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

function vector(spec: string): { jwk: (typeof signatureVectors)[number]['jwk']; parts: readonly string[] } {
  const found = signatureVectors.find((candidate) => candidate.spec === spec)
  if (found === undefined) throw new Error(`no vector of ${spec}`)
  return { jwk: found.jwk, parts: found.jws.split('.') }
}

const a2 = vector('RFC 7515 §A.2')
const a3 = vector('RFC 7515 §A.3')
const bilboRsa = vector('RFC 7520 §4.1')
const bilboEc = vector('RFC 7520 §4.3')
const mac = vector('RFC 7520 §4.4')
const payload = mac.parts[1] ?? ''
const macKid = '018c0ae5-4d9b-471b-bfd6-eef314bc7037'
const bilbo = 'bilbo.baggins@hobbiton.example'
const hs256 = 'eyJhbGciOiJIUzI1NiJ9'

/** Each of these is deterministic, and prints what signing must give. */
const printed = {
  '§4.6': {
    payload,
    protected: hs256,
    header: { kid: macKid },
    signature: 'bWUSVaxorn7bEF1djytBd0kHv70Ly5pvbomzMWSOr20',
  },
  '§4.7': {
    payload,
    header: { alg: 'HS256', kid: macKid },
    signature: 'xuLifqLGiblpv9zBpuZczWhNj1gARaLV3UxvxhJxZuk',
  },
} as const

const threeSignatures = {
  payload,
  signatures: [
    {
      protected: 'eyJhbGciOiJSUzI1NiJ9',
      header: { kid: bilbo },
      signature:
        'MIsjqtVlOpa71KE-Mss8_Nq2YH4FGhiocsqrgi5NvyG53uoimic1tcMdSg-qptrzZc7CG6Svw2Y13TDIqHzTUrL_lR2ZFcryNFiHkSw129EghGpwkpxaTn_THJTCglNbADko1MZBCdwzJxwqZc-1RlpO2HibUYyXSwO97BSe0_evZKdjvvKSgsIqjytKSeAMbhMBdMma622_BG5t4sdbuCHtFjp9iJmkio47AIwqkZV1aIZsv33uPUqBBCXbYoQJwt7mxPftHmNlGoOSMxR_3thmXTCm4US-xiNOyhbm8afKK64jU6_TPtQHiJeQJxz9G3Tx-083B745_AfYOnlC9w',
    },
    {
      header: { alg: 'ES512', kid: bilbo },
      signature:
        'ARcVLnaJJaUWG8fG-8t5BREVAuTY8n8YHjwDO1muhcdCoFZFFjfISu0Cdkn9Ybdlmi54ho0x924DUz8sK7ZXkhc7AFM8ObLfTvNCrqcI3Jkl2U5IX3utNhODH6v7xgy1Qahsn0fyb4zSAkje8bAWz4vIfj5pCMYxxm4fgV3q7ZYhm5eD',
    },
    {
      protected: 'eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9',
      signature: 's0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0',
    },
  ],
}

describe('RFC 7515 §A.5, §E tokens that must be refused', () => {
  it('one without a signature', async () => {
    const key = await Key.import(a3.jwk)
    const unsecured = `eyJhbGciOiJub25lIn0.${a3.parts[1]}.`
    await expect(verifyCompact(unsecured, key, { algorithms: ['none', 'ES256'] })).rejects.toMatchObject({
      code: 'algorithm_unsupported',
    })
    expect(() => parseUnverifiedCompact(unsecured)).toThrow(expect.objectContaining({ code: 'algorithm_unsupported' }))
  })

  it('one with an extension that nobody knows', async () => {
    const header = Buffer.from(
      '{"alg":"HS256",\r\n "crit":["http://example.com/UNDEFINED"],\r\n "http://example.com/UNDEFINED":true\r\n}',
    ).toString('base64url')
    const key = await Key.import(mac.jwk)
    await expect(verifyCompact(`${header}.RkFJTA.AAAA`, key)).rejects.toMatchObject({ code: 'critical_unsupported' })
  })
})

describe.each(backends)(
  'signatures in JSON, printed in RFC 7515 §A.6, §A.7, RFC 7520 §4.5, §4.6, §4.7, §4.8 and RFC 7797 §4.1, §4.2, on $name',
  (backend) => {
    it('RFC 7515 §A.6 two signatures', async () => {
      const [rsa, ec] = [
        await Key.import(a2.jwk, { backend, kid: '2010-12-29' }),
        await Key.import(a3.jwk, { backend, kid: 'e9bc097a-ce51-4036-9562-d2ade882db0d' }),
      ]
      const signatures = [
        { protected: 'eyJhbGciOiJSUzI1NiJ9', header: { kid: rsa.kid }, signature: a2.parts[2] ?? '' },
        { protected: 'eyJhbGciOiJFUzI1NiJ9', header: { kid: ec.kid }, signature: a3.parts[2] ?? '' },
      ]
      const verified = await verifyGeneral({ payload: a2.parts[1] ?? '', signatures }, new KeySet([rsa, ec]), {
        algorithms: ['RS256', 'ES256'],
      })
      expect(text(verified.payload)).toContain('"iss":"joe"')
      expect(verified.signatures.map(({ key }) => key)).toEqual([rsa, ec])
      const [, claims] = a2.parts
      const again = await signGeneral(Buffer.from(claims ?? '', 'base64url'), [
        { key: rsa, alg: 'RS256', unprotectedHeader: { kid: rsa.kid } },
      ])
      expect(again).toEqual({ payload: claims, signatures: signatures.slice(0, 1) })
    })

    it('RFC 7515 §A.7 one signature', async () => {
      const ec = await Key.import(a3.jwk, { backend })
      const [, claims = '', signature = ''] = a3.parts
      const header = { kid: 'e9bc097a-ce51-4036-9562-d2ade882db0d' }
      const verified = await verifyFlattened(
        { payload: claims, protected: 'eyJhbGciOiJFUzI1NiJ9', header, signature },
        ec,
        { algorithms: ['ES256'] },
      )
      expect(verified.unprotectedHeader).toEqual(header)
      expect(verified.header).toEqual({ alg: 'ES256' })
    })

    it('RFC 7520 §4.5 a detached payload', async () => {
      const key = await Key.import(mac.jwk, { backend })
      const content = Buffer.from(payload, 'base64url')
      const jws = `${mac.parts[0]}..${mac.parts[2]}`
      expect((await verifyDetached(jws, content, key)).key).toBe(key)
      expect(await signDetached(content, key)).toBe(jws)
      const { payload: _, ...flattened } = await signFlattened(content, key)
      expect(await signFlattened(content, key, { detached: true })).toEqual(flattened)
      expect((await verifyFlattened(flattened, key, { detachedPayload: content })).payload).toBeUndefined()
    })

    it.each(['§4.6', '§4.7'] as const)('RFC 7520 %s parameters that are not covered', async (section) => {
      const key = await Key.import(mac.jwk, { backend })
      const jws = printed[section]
      const verified = await verifyFlattened(jws, key)
      expect(text(verified.payload)).toContain('dangerous business')
      expect(verified.unprotectedHeader).toEqual(jws.header)
      const { payload: same, ...signature } = jws
      expect((await verifyGeneral({ payload: same, signatures: [signature] }, key)).signatures).toHaveLength(1)
      expect(await signFlattened(Buffer.from(payload, 'base64url'), key, { unprotectedHeader: jws.header })).toEqual(
        jws,
      )
    })

    it('RFC 7520 §4.8 three signatures, one of them without a protected header', async () => {
      const keys = new KeySet(
        await Promise.all([bilboRsa.jwk, bilboEc.jwk, mac.jwk].map((jwk) => Key.import(jwk, { backend }))),
      )
      const algorithms = ['RS256', 'ES512', 'HS256']
      const verified = await verifyGeneral(JSON.stringify(threeSignatures), keys, { algorithms })
      expect(verified.signatures.map(({ algorithm }) => algorithm)).toEqual(algorithms)
      expect(verified.signatures.map(({ key }) => key)).toEqual(keys.keys)
      expect(verified.signatures[1]?.header).toEqual({})
      const [rsa, , secret] = keys.keys
      if (rsa === undefined || secret === undefined) throw new Error('no keys')
      const nameless = await Key.import({ ...rsa.toPrivateJwk(), kid: undefined }, { backend })
      const again = await signGeneral(Buffer.from(payload, 'base64url'), [
        { key: nameless, alg: 'RS256', unprotectedHeader: { kid: bilbo } },
        { key: secret },
      ])
      const [first, , third] = threeSignatures.signatures
      expect(again).toEqual({ payload, signatures: [first, third] })
      const changed = { ...threeSignatures, payload: Buffer.from('It is safe').toString('base64url') }
      await expect(verifyGeneral(changed, keys, { algorithms })).rejects.toMatchObject({ code: 'signature_invalid' })
    })

    it('RFC 7797 §4.1, §4.2 the same payload encoded and not', async () => {
      const { alg: _, ...jwk } = { ...vector('RFC 7515 §A.1').jwk, alg: 'HS256' }
      const key = await Key.import(jwk, { backend, alg: 'HS256' })
      expect(await signCompact('$.02', key)).toBe(`${hs256}.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ`)
      const unencoded = {
        payload: '$.02',
        protected: 'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19',
        signature: 'A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY',
      }
      expect(await signFlattened('$.02', key, { unencoded: true })).toEqual(unencoded)
      expect(text((await verifyFlattened(unencoded, key)).payload)).toBe('$.02')
      const detached = `${unencoded.protected}..${unencoded.signature}`
      expect(await signDetached('$.02', key, { unencoded: true })).toBe(detached)
      expect((await verifyDetached(detached, '$.02', key)).key).toBe(key)
    })
  },
)
