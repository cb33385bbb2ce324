import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeBase64url } from '../util/base64url.ts'
import { createNodeBackend } from './node.ts'
import type { KeyMembers, SignatureScheme, Signer } from './primitives.ts'

const scheme = { family: 'rsa-pkcs1', hash: 'sha-256' } as const

function members(modulusLength: number): KeyMembers {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' }) as KeyMembers
}

/** Signers of a backend of their own, which no other test has asked for signatures. */
async function signersOf(...keys: readonly KeyMembers[]): Promise<Signer[]> {
  const backend = createNodeBackend()
  if (backend === undefined) throw new Error('this runs where node:crypto is')
  return Promise.all(keys.map((key) => backend.signer(key, scheme)))
}

function howOftenAtOnce(answers: readonly unknown[]): boolean[] {
  return answers.map((answer) => typeof answer === 'string')
}

describe('RSA signatures on node:crypto', () => {
  const key = members(2048)

  it('are made at once for the first few in a turn of the event loop, whatever key they are by', async () => {
    const [one, other] = await signersOf(key, members(2048))
    const answers = Array.from({ length: 5 }, () => [one, other].map((sign) => sign?.('data'))).flat()
    expect(howOftenAtOnce(answers)).toEqual([...Array.from({ length: 8 }, () => true), false, false])
    await Promise.all(answers)
  })

  it('are made at once again in the next turn', async () => {
    const [sign] = await signersOf(key)
    const answers = Array.from({ length: 8 }, () => sign?.('data'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(typeof sign?.('data')).toBe('string')
    expect(howOftenAtOnce(answers)).not.toContain(false)
  })

  it('go to the thread pool for as long as it is at work', async () => {
    const [quick, slow] = await signersOf(key, members(3072))
    const answers = [slow?.('data'), quick?.('data')]
    expect(answers[1]).toBeInstanceOf(Promise)
    await Promise.all(answers)
    expect(typeof quick?.('data')).toBe('string')
  })

  it('are the same from the thread pool', async () => {
    const [sign] = await signersOf(key)
    const signatures = await Promise.all(Array.from({ length: 8 }, () => sign?.('data')))
    expect(new Set(signatures).size).toBe(1)
  })

  it('of a large key never hold up the loop', async () => {
    const [sign] = await signersOf(members(3072))
    const answer = sign?.('data')
    expect(answer).toBeInstanceOf(Promise)
    expect(await answer).toHaveLength(512)
  })
})

const schemes: readonly SignatureScheme[] = [
  { family: 'rsa-pkcs1', hash: 'sha-256' },
  { family: 'rsa-pss', hash: 'sha-256' },
  { family: 'ecdsa', hash: 'sha-256', curve: 'P-256' },
  { family: 'ecdsa', hash: 'sha-384', curve: 'P-384' },
  { family: 'eddsa', curve: 'Ed25519' },
  { family: 'eddsa', curve: 'Ed448' },
]

describe('many signatures in one turn of the event loop', () => {
  it.each(schemes)('are made and verified, at once and by the thread pool: $family $curve', async (scheme) => {
    const backend = createNodeBackend()
    if (backend === undefined) throw new Error('this runs where node:crypto is')
    const key = await backend.generateKeyPair(scheme, 2048)
    const [sign, verify] = [await backend.signer(key, scheme), await backend.verifier(key, scheme)]
    const signatures = await Promise.all(Array.from({ length: 100 }, () => sign('data')))
    const decoded = signatures.map((signature) => decodeBase64url(signature))
    const verdicts = decoded.map((signature) => verify('data', signature))
    expect(new Set(verdicts.map((verdict) => typeof verdict))).toEqual(new Set(['boolean', 'object']))
    expect(await Promise.all(verdicts)).not.toContain(false)
    const forged = decoded.map((signature) => verify('other data', signature))
    expect(await Promise.all(forged)).not.toContain(true)
    const changed = decoded.map((signature) => verify('data', signature.fill(0xff)))
    expect(await Promise.all(changed)).not.toContain(true)
  })
})
