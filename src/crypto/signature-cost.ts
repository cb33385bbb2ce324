import type { KeyObject } from './node-types.ts'
import type { EcCurve, SignatureScheme } from './primitives.ts'

/* What signatures take with OpenSSL on a server's core, in microseconds; rounded up, since other machines are slower. */

/** More than a turn of the event loop has. */
const tooMuch = Number.POSITIVE_INFINITY

interface Cost {
  readonly sign: number
  readonly verify: number
}

const curves: Readonly<Record<EcCurve, Cost>> = {
  'P-256': { sign: 25, verify: 60 },
  'P-384': { sign: 700, verify: 600 },
  'P-521': { sign: tooMuch, verify: tooMuch },
  secp256k1: { sign: 500, verify: 450 },
}

const ed25519: Cost = { sign: 30, verify: 80 }
const ed448: Cost = { sign: 250, verify: 300 }

/** Signing tries until it finds a signature, which now and then takes several times as long. */
const mlDsa: Cost = { sign: tooMuch, verify: 250 }

const rsa2048: Cost = { sign: 250, verify: 25 }

/** A signature takes eight times as long for a modulus twice as long, a verification four times. */
function rsaCost(bits: number): Cost {
  const factor = Math.max(bits / 2048, 1)
  return { sign: bits > 2048 ? tooMuch : rsa2048.sign, verify: rsa2048.verify * factor ** 2 }
}

function costOf(key: KeyObject, scheme: SignatureScheme): Cost {
  switch (scheme.family) {
    case 'ecdsa':
      return curves[scheme.curve]
    case 'eddsa':
      return key.asymmetricKeyType === 'ed25519' ? ed25519 : ed448
    case 'ml-dsa':
      return mlDsa
    default:
      return rsaCost(key.asymmetricKeyDetails?.modulusLength ?? tooMuch)
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
