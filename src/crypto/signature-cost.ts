import type { KeyObject } from './node-types.ts'
import type { EcCurve, SignatureScheme } from './primitives.ts'

/* What signatures take with OpenSSL on a server's core, in microseconds; rounded up, since other machines are slower. */

interface Cost {
  readonly sign: number
  readonly verify: number
}

const curves: Readonly<Record<EcCurve, Cost>> = {
  'P-256': { sign: 25, verify: 60 },
  'P-384': { sign: 700, verify: 600 },
  'P-521': { sign: 700, verify: 900 },
  secp256k1: { sign: 500, verify: 450 },
}

const ed25519: Cost = { sign: 30, verify: 80 }
const ed448: Cost = { sign: 250, verify: 300 }

/** Signing tries until it finds a signature: a few times as long, now and then. */
const latticeCost: Cost = { sign: 1000, verify: 250 }

const rsa2048: Cost = { sign: 250, verify: 25 }

/** A signature takes eight times as long for a modulus twice as long, a verification four times. */
function rsaCost(bits: number): Cost {
  const factor = Math.max(bits / 2048, 1)
  return { sign: bits > 2048 ? Number.POSITIVE_INFINITY : rsa2048.sign, verify: rsa2048.verify * factor ** 2 }
}

function costOf(key: KeyObject, scheme: SignatureScheme): Cost {
  switch (scheme.family) {
    case 'ecdsa':
      return curves[scheme.curve]
    case 'eddsa':
      return key.asymmetricKeyType === 'ed25519' ? ed25519 : ed448
    case 'ml-dsa':
      return latticeCost
    default:
      return rsaCost(key.asymmetricKeyDetails?.modulusLength ?? Number.POSITIVE_INFINITY)
  }
}

/** In microseconds; without end where no turn of the event loop has time for it. */
export function signatureCost(key: KeyObject, scheme: SignatureScheme): number {
  return costOf(key, scheme).sign
}

/** In microseconds. */
export function verificationCost(key: KeyObject, scheme: SignatureScheme): number {
  return costOf(key, scheme).verify
}
