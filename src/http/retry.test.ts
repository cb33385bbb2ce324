import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OutgoingRequest, OutgoingResponse } from './fetch.ts'
import { FetchError } from './fetch-error.ts'
import { type RetryOptions, retrying } from './retry.ts'

const url = 'https://op.example/'
const answer = (status: number, headers: OutgoingResponse['headers'] = []): OutgoingResponse => ({
  status,
  headers,
  body: new Uint8Array(),
})
const down = new FetchError('network', { url })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What comes of a series of outcomes, and how often it was tried. */
async function play(
  outcomes: readonly (OutgoingResponse | Error)[],
  request: Partial<OutgoingRequest> = {},
  options?: RetryOptions,
): Promise<{ result: unknown; tries: number; waited: number }> {
  let tries = 0
  const transport = async (): Promise<OutgoingResponse> => {
    const outcome = outcomes[tries++]
    if (outcome === undefined) throw new Error('asked too often')
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  const began = Date.now()
  const pending = retrying(
    transport,
    options,
  )({ url, ...request }).then(
    ({ status }) => status,
    (error: unknown) => error,
  )
  await vi.runAllTimersAsync()
  return { result: await pending, tries, waited: Date.now() - began }
}

describe('retrying', () => {
  it.each([429, 502, 503, 504])('asks again after %d, and after the network failed', async (status) => {
    expect(await play([answer(status), down, answer(200)])).toMatchObject({ result: 200, tries: 3 })
  })

  it('RFC 9449 §11.1: does not send a proof of possession twice', async () => {
    const { result, tries } = await play([down, answer(200)], { headers: [['dpop', 'proof']] })
    expect([result, tries]).toEqual([down, 1])
  })

  it('gives up after its tries, with the last outcome', async () => {
    expect(await play([down, down, answer(503)])).toMatchObject({ result: 503, tries: 3 })
    expect(await play([answer(503), down], {}, { retries: 1 })).toMatchObject({ result: down, tries: 2 })
    expect(await play([down], {}, { retries: 0 })).toMatchObject({ result: down, tries: 1 })
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('RFC 9110 §9.2.2: never sends a %s twice', async (method) => {
    expect(await play([down], { method })).toMatchObject({ result: down, tries: 1 })
  })

  it.each([200, 400, 401, 404, 500])('takes %d for an answer', async (status) => {
    expect(await play([answer(status)])).toMatchObject({ result: status, tries: 1 })
  })

  it.each(['redirect', 'too_large', 'insecure', 'private_address'] as const)('does not repeat %s', async (code) => {
    const error = new FetchError(code, { url })
    expect(await play([error])).toMatchObject({ result: error, tries: 1 })
  })

  it('waits longer each time, and never quite as long as somebody else', async () => {
    const { waited } = await play([down, down, answer(200)])
    expect(waited).toBeGreaterThanOrEqual(300)
    expect(waited).toBeLessThanOrEqual(600)
  })

  it('RFC 9110 §10.2.3: waits as long as it is asked to, within its limit', async () => {
    const later = (seconds: string): OutgoingResponse => answer(503, [['retry-after', seconds]])
    expect(await play([later('4'), answer(200)])).toMatchObject({ result: 200, waited: 4000 })
    expect(await play([later('6'), answer(200)])).toMatchObject({ result: 503, tries: 1, waited: 0 })
    expect(await play([later('6'), answer(200)], {}, { longestPause: '10s' })).toMatchObject({
      result: 200,
      waited: 6000,
    })
    expect((await play([later('Wed, 21 Oct 2026 07:28:00 GMT'), answer(200)])).waited).toBeLessThan(1000)
  })

  it('stops waiting when the caller does', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const pending = retrying(async () => answer(503))({ url, signal: controller.signal })
    pending.catch(() => undefined)
    await vi.advanceTimersByTimeAsync(1)
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('refuses a number of tries that is none', () => {
    expect(() => retrying(async () => answer(200), { retries: -1 })).toThrow('"retries" option invalid')
  })
})
