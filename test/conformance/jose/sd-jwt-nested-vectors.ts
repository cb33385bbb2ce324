/** A disclosure and its digest, as the specification prints them. */
export interface DisclosureVector {
  readonly text: string
  readonly digest: string
}

/** An issuer's payload with all disclosures for it. */
export interface NestedVector {
  readonly spec: string
  readonly payload: object
  readonly disclosures: readonly DisclosureVector[]
}

const streetAddress: DisclosureVector = {
  text: 'WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgInN0cmVldF9hZGRyZXNzIiwgIlNjaHVsc3RyLiAxMiJd',
  digest: '9gjVuXtdFROCgRrtNcGUXmF65rdezi_6Er_j76kmYyM',
}
const locality: DisclosureVector = {
  text: 'WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImxvY2FsaXR5IiwgIlNjaHVscGZvcnRhIl0',
  digest: '6vh9bq-zS4GKM_7GpggVbYzzu6oOGXrmNVGPHP75Ud0',
}
const region: DisclosureVector = {
  text: 'WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgInJlZ2lvbiIsICJTYWNoc2VuLUFuaGFsdCJd',
  digest: 'KURDPh4ZC19-3tiz-Df39V8eidy1oV3a3H1Da2N0g88',
}
const country: DisclosureVector = {
  text: 'WyJlSThaV205UW5LUHBOUGVOZW5IZGhRIiwgImNvdW50cnkiLCAiREUiXQ',
  digest: 'WN9r9dCBJ8HTCsS2jKASxTjEyW5m5x65_Z_2ro2jfXM',
}
const flatAddress: DisclosureVector = {
  text: 'WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIlNjaHVsc3RyLiAxMiIsICJsb2NhbGl0eSI6ICJTY2h1bHBmb3J0YSIsICJyZWdpb24iOiAiU2FjaHNlbi1BbmhhbHQiLCAiY291bnRyeSI6ICJERSJ9XQ',
  digest: 'fOBUSQvo46yQO-wRwXBcGqvnbKIueISEL961_Sjd4do',
}
const recursiveAddress: DisclosureVector = {
  text: 'WyJRZ19PNjR6cUF4ZTQxMmExMDhpcm9BIiwgImFkZHJlc3MiLCB7Il9zZCI6IFsiNnZoOWJxLXpTNEdLTV83R3BnZ1ZiWXp6dTZvT0dYcm1OVkdQSFA3NVVkMCIsICI5Z2pWdVh0ZEZST0NnUnJ0TmNHVVhtRjY1cmRlemlfNkVyX2o3NmttWXlNIiwgIktVUkRQaDRaQzE5LTN0aXotRGYzOVY4ZWlkeTFvVjNhM0gxRGEyTjBnODgiLCAiV045cjlkQ0JKOEhUQ3NTMmpLQVN4VGpFeVc1bTV4NjVfWl8ycm8yamZYTSJdfV0',
  digest: 'HvrKX6fPV0v9K_yCVFBiLFHsMaxcD_114Em6VT8x1lg',
}

const shown = {
  iss: 'https://issuer.example.com',
  iat: 1683000000,
  exp: 1883000000,
  sub: '6c5c0a49-b589-431d-bae7-219122a9ec2c',
  _sd_alg: 'sha-256',
}

/** Four ways to issue one set of claims; the specification prints no signatures of theirs. */
export const nestedVectors: readonly NestedVector[] = [
  { spec: 'RFC 9901 §6.1', payload: { _sd: [flatAddress.digest], ...shown }, disclosures: [flatAddress] },
  {
    spec: 'RFC 9901 §6.2',
    payload: {
      ...shown,
      address: { _sd: [locality.digest, streetAddress.digest, region.digest, country.digest] },
    },
    disclosures: [streetAddress, locality, region, country],
  },
  {
    spec: 'RFC 9901 §6.2, the country in the clear',
    payload: {
      ...shown,
      address: { _sd: [locality.digest, streetAddress.digest, region.digest], country: 'DE' },
    },
    disclosures: [streetAddress, locality, region],
  },
  {
    spec: 'RFC 9901 §6.3',
    payload: { _sd: [recursiveAddress.digest], ...shown },
    disclosures: [streetAddress, locality, region, country, recursiveAddress],
  },
]

export const nestedClaims: object = {
  iss: 'https://issuer.example.com',
  iat: 1683000000,
  exp: 1883000000,
  sub: '6c5c0a49-b589-431d-bae7-219122a9ec2c',
  address: { street_address: 'Schulstr. 12', locality: 'Schulpforta', region: 'Sachsen-Anhalt', country: 'DE' },
}
