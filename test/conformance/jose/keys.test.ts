import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Key, KeySet, signCompact, verifyCompact } from '../../../src/jose/index.ts'
import { decryptCompact, encryptCompact } from '../../../src/jose/jwe/index.ts'
import type { Jwk } from '../../../src/jose/jwk/types.ts'
import { backends } from '../../contracts/crypto-backend.ts'
import { signatureVectors } from './vectors.ts'

/* Keys as the specifications print them. */

const ec = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  use: 'enc',
  kid: '1',
}
const rsa = {
  kty: 'RSA',
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
  e: 'AQAB',
  alg: 'RS256',
  kid: '2011-04-29',
}
const ecPrivate = { ...ec, d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE' }
const rsaPrivate = {
  ...rsa,
  d: 'X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH-HLLKD9M7dx5oo7GURknchnrRweUkC7hT5fJLM0WbFAKNLWY2vv7B6NqXSzUvxT0_YSfqijwp3RTzlBaCxWp4doFk5N2o8Gy_nHNKroADIkJ46pRUohsXywbReAdYaMwFs9tv8d_cPVY3i07a3t8MN6TNwm0dSawm9v47UiCl3Sk5ZiG7xojPLu4sbg1U2jx4IBTNBznbJSzFHK66jT8bgkuqsk0GjskDJk19Z4qwjwbsnn4j2WBii3RL-Us2lGVkY8fkFzme1z0HbIkfz0Y6mqnOYtqc0X4jfcKoAC8Q',
  p: '83i-7IvMGXoMXCskv73TKr8637FiO7Z27zv8oj6pbWUQyLPQBQxtPVnwD20R-60eTDmD2ujnMt5PoqMrm8RfmNhVWDtjjMmCMjOpSXicFHj7XOuVIYQyqVWlWEh6dN36GVZYk93N8Bc9vY41xy8B9RzzOGVQzXvNEvn7O0nVbfs',
  q: '3dfOR9cuYq-0S-mkFLzgItgMEfFzB2q3hWehMuG0oCuqnb3vobLyumqjVZQO1dIrdwgTnCdpYzBcOfW5r370AFXjiWft_NGEiovonizhKpo9VVS78TzFgxkIdrecRezsZ-1kYd_s1qDbxtkDEgfAITAG9LUnADun4vIcb6yelxk',
  dp: 'G4sPXkc6Ya9y8oJW9_ILj4xuppu0lzi_H7VTkS8xj5SdX3coE0oimYwxIi2emTAue0UOa5dpgFGyBJ4c8tQ2VF402XRugKDTP8akYhFo5tAA77Qe_NmtuYZc3C3m3I24G2GvR5sSDxUyAN2zq8Lfn9EUms6rY3Ob8YeiKkTiBj0',
  dq: 's9lAH9fggBsoFR8Oac2R_E2gw282rT2kGOAhvIllETE1efrA6huUUvMfBcMpn8lqeW6vzznYY5SSQF7pMdC_agI3nG8Ibp1BUb0JUiraRNqUfLhcQb_d9GF4Dh7e74WbRsobRonujTYN1xCaP6TO61jvWrX-L18txXw494Q_cgk',
  qi: 'GyM_p6JrXySiz1toFgKbWV-JdI3jQ4ypu9rbMWx3rQJBfmt0FoYzgUIZEVFEcOqwemRN81zoDAaa-Bk0KWNGDjJHZDdDmFhW3AN7lI-puxk_mHZGJ11rxyR8O55XLSe3SPmRfKwZI6yU24ZxvQKFYItdldUKGzO6Ia6zTKhAVRU',
}
const secrets = [
  { kty: 'oct', alg: 'A128KW', k: 'GawgguFyGrWKav7AX4VKUg' },
  {
    kty: 'oct',
    k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    kid: 'HMAC key used in JWS spec Appendix A.1 example',
  },
]
const certified = {
  kty: 'RSA',
  use: 'sig',
  kid: '1b94c',
  n: 'vrjOfz9Ccdgx5nQudyhdoR17V-IubWMeOZCwX_jj0hgAsz2J_pqYW08PLbK_PdiVGKPrqzmDIsLI7sA25VEnHU1uCLNwBuUiCO11_-7dYbsr4iJmG0Qu2j8DsVyT1azpJC_NG84Ty5KKthuCaPod7iI7w0LK9orSMhBEwwZDCxTWq4aYWAchc8t-emd9qOvWtVMDC2BXksRngh6X5bUYLy6AyHKvj-nUy1wgzjYQDwHMTplCoLtU-o-8SNnZ1tmRoGE9uJkBLdh5gFENabWnU5m1ZqZPdwS-qo-meMvVfJb6jJVWRpl2SUtCnYG2C32qvbWbjZ_jBPD5eunqsIo1vQ',
  e: 'AQAB',
  x5c: [
    'MIIDQjCCAiqgAwIBAgIGATz/FuLiMA0GCSqGSIb3DQEBBQUAMGIxCzAJBgNVBAYTAlVTMQswCQYDVQQIEwJDTzEPMA0GA1UEBxMGRGVudmVyMRwwGgYDVQQKExNQaW5nIElkZW50aXR5IENvcnAuMRcwFQYDVQQDEw5CcmlhbiBDYW1wYmVsbDAeFw0xMzAyMjEyMzI5MTVaFw0xODA4MTQyMjI5MTVaMGIxCzAJBgNVBAYTAlVTMQswCQYDVQQIEwJDTzEPMA0GA1UEBxMGRGVudmVyMRwwGgYDVQQKExNQaW5nIElkZW50aXR5IENvcnAuMRcwFQYDVQQDEw5CcmlhbiBDYW1wYmVsbDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAL64zn8/QnHYMeZ0LncoXaEde1fiLm1jHjmQsF/449IYALM9if6amFtPDy2yvz3YlRij66s5gyLCyO7ANuVRJx1NbgizcAblIgjtdf/u3WG7K+IiZhtELto/A7Fck9Ws6SQvzRvOE8uSirYbgmj6He4iO8NCyvaK0jIQRMMGQwsU1quGmFgHIXPLfnpnfajr1rVTAwtgV5LEZ4Iel+W1GC8ugMhyr4/p1MtcIM42EA8BzE6ZQqC7VPqPvEjZ2dbZkaBhPbiZAS3YeYBRDWm1p1OZtWamT3cEvqqPpnjL1XyW+oyVVkaZdklLQp2Btgt9qr21m42f4wTw+Xrp6rCKNb0CAwEAATANBgkqhkiG9w0BAQUFAAOCAQEAh8zGlfSlcI0o3rYDPBB07aXNswb4ECNIKG0CETTUxmXl9KUL+9gGlqCz5iWLOgWsnrcKcY0vXPG9J1r9AqBNTqNgHq2G03X09266X5CpOe1zFo+Owb1zxtp3PehFdfQJ610CDLEaS9V9Rqp17hCyybEpOGVwe8fnk+fbEL2Bo3UPGrpsHzUoaGpDftmWssZkhpBJKVMJyf/RuP2SmmaIzmnw9JiSlYhzo4tpzd5rFXhjRbg4zW9C+2qok+2+qDM1iJ684gPHMIY8aLWrdgQTxkumGmTqgawR+N5MDtdPTEQ0XfIBc2cJEUyMTY5MPvACWpkA6SdS4xSvdXK3IVfOWA==',
  ],
}

describe.each(backends)('RFC 7517 §A.1, §A.2, §A.3 key sets on $name', (backend) => {
  it('RFC 7517 §A.1 public keys come and go', async () => {
    const set = await KeySet.import({ keys: [ec, rsa] }, { backend })
    expect(set.toPublicJwks()).toEqual({ keys: [ec, rsa] })
    expect(set.select({ alg: 'RS256' }).map(({ kid }) => kid)).toEqual(['2011-04-29'])
    expect(set.select({ alg: 'ES256' })).toEqual([])
  })

  it('RFC 7517 §A.2 private keys come and go, and publish the keys of §A.1', async () => {
    const set = await KeySet.import({ keys: [ecPrivate, rsaPrivate] }, { backend })
    expect(set.toPrivateJwks()).toEqual({ keys: [ecPrivate, rsaPrivate] })
    expect(set.toPublicJwks()).toEqual({ keys: [ec, rsa] })
    const jws = await signCompact('x', set)
    expect((await verifyCompact(jws, await KeySet.import({ keys: [rsa] }, { backend }))).header.kid).toBe(rsa.kid)
  })

  it('RFC 7517 §A.3 secrets come and go, and are never published', async () => {
    const set = await KeySet.import({ keys: secrets }, { backend })
    expect(set.toPrivateJwks()).toEqual({ keys: secrets })
    expect(set.toPublicJwks()).toEqual({ keys: [] })
  })

  it('RFC 7517 §B a key with its certificate', async () => {
    const key = await Key.import(certified, { backend })
    expect(key.toPublicJwk()).toEqual(certified)
    const [text = ''] = certified.x5c
    const pem = `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`
    const same = await Key.import(pem, { kid: '1b94c', use: 'sig', backend })
    const fingerprint = new X509Certificate(Buffer.from(text, 'base64')).fingerprint256.replaceAll(':', '')
    const x5t = Buffer.from(fingerprint, 'hex').toString('base64url')
    expect(same.toPublicJwk()).toEqual({ ...certified, 'x5t#S256': x5t })
    expect((await Key.import({ ...certified, 'x5t#S256': x5t }, { backend })).certificates).toEqual(same.certificates)
  })

  it('RFC 7517 §4.7 a key with the certificate of another', async () => {
    await expect(Key.import({ ...rsa, x5c: certified.x5c }, { backend })).rejects.toMatchObject({
      code: 'key_invalid',
      message: 'JWK "x5c" (X.509 Certificate Chain) invalid: expected the first certificate to be of this key',
    })
  })
})

describe.each(backends)('RFC 7520 §3 keys on $name', (backend) => {
  const printed = (spec: string): Jwk =>
    signatureVectors.find((vector) => vector.spec === spec)?.jwk ?? expect.fail(`no vector of ${spec}`)
  const withoutPrivate = ({ d: _, p, q, dp, dq, qi, ...members }: Jwk): object => members

  it.each([
    ['RFC 7520 §3.1, §3.2 an EC key', 'RFC 7520 §4.3', { kty: 'EC', crv: 'P-521', use: 'sig' }],
    ['RFC 7520 §3.3, §3.4 an RSA key', 'RFC 7520 §4.1', { kty: 'RSA', bits: 2048, use: 'sig' }],
  ])('%s comes and goes, and its public half is the printed one', async (_, spec, expected) => {
    const key = await Key.import(printed(spec), { backend })
    expect(key).toMatchObject({ ...expected, kid: 'bilbo.baggins@hobbiton.example' })
    expect(key.toPrivateJwk()).toEqual(printed(spec))
    const publicKey = await Key.import(withoutPrivate(printed(spec)) as Jwk, { backend })
    expect(publicKey.isPrivate).toBe(false)
    expect([publicKey.toPublicJwk(), key.toPublicJwk()]).toEqual([
      withoutPrivate(printed(spec)),
      withoutPrivate(printed(spec)),
    ])
  })

  it('RFC 7520 §3.5, §3.6 secrets come and go', async () => {
    const encryption = {
      kty: 'oct',
      kid: '1e571774-2e08-40da-8308-e8d68773842d',
      use: 'enc',
      alg: 'A256GCM',
      k: 'AAPapAv4LbFbiVawEjagUBluYqN5rhna-8nuldDvOx8',
    }
    for (const jwk of [printed('RFC 7520 §4.4'), encryption]) {
      const key = await Key.import(jwk, { backend })
      expect(key.toPrivateJwk()).toEqual(jwk)
      expect(() => key.toPublicJwk()).toThrow(expect.objectContaining({ code: 'key_symmetric' }))
    }
    const key = await Key.import(encryption, { backend })
    expect((await decryptCompact(await encryptCompact('x', key), key)).header).toMatchObject({
      alg: 'dir',
      enc: 'A256GCM',
    })
  })
})

describe('RFC 9278 §3 JWK Thumbprint URI', () => {
  it('is the printed one', async () => {
    expect(await (await Key.import(rsa)).thumbprintUri()).toBe(
      'urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    )
  })
})

describe.each(backends)('RFC 8037 appendix A an Ed25519 key on $name', (backend) => {
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
  const privateJwk = { ...publicJwk, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' }

  it('RFC 8037 §A.1, §A.2 comes and goes, and its public half is the printed one', async () => {
    const key = await Key.import(privateJwk, { backend })
    expect(key.toPrivateJwk()).toEqual(privateJwk)
    expect(key.toPublicJwk()).toEqual(publicJwk)
  })

  it('RFC 8037 §A.2 is found from its private half alone', async () => {
    const seed = Buffer.from(privateJwk.d, 'base64url').toString('hex')
    const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex')
    expect((await Key.import(pkcs8, { format: 'der', backend })).toPublicJwk()).toEqual(publicJwk)
  })
})
