import { afterEach, describe, expect, it, vi } from 'vitest'
import { getBackend } from './backend.ts'
import { createNodeBackend } from './node.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the choice of a backend', () => {
  it('falls on node:crypto where the runtime hands it out, once', () => {
    expect(getBackend().name).toBe('node')
    expect(getBackend()).toBe(getBackend())
  })

  it.each([undefined, {}, { getBuiltinModule: () => undefined }])(
    'cannot fall on node:crypto where process is %o',
    (process) => {
      vi.stubGlobal('process', process)
      expect(createNodeBackend()).toBeUndefined()
    },
  )

  it('does without the one-shot hash of newer runtimes', async () => {
    const crypto = await import('node:crypto')
    vi.stubGlobal('process', { getBuiltinModule: () => ({ ...crypto, hash: undefined }) })
    const backend = createNodeBackend()
    expect(Buffer.from((await backend?.hash('sha-1', 'abc')) ?? []).toString('hex')).toMatch(/^a9993e36/)
    expect(await backend?.hashBase64url('sha-256', 'abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  })
})
