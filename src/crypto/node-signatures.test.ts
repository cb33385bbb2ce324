import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createNodeBackend } from './node.ts'
import type { KeyMembers, Signer } from './primitives.ts'

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
    const answers = [one, other, one, other, one, other].map((sign) => sign?.('data'))
    expect(howOftenAtOnce(answers)).toEqual([true, true, true, true, false, false])
    await Promise.all(answers)
  })

  it('are made at once again in the next turn', async () => {
    const [sign] = await signersOf(key)
    const answers = Array.from({ length: 5 }, () => sign?.('data'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(typeof sign?.('data')).toBe('string')
    await Promise.all(answers)
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
