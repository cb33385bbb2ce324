import { describe, expect, it } from 'vitest'
import { KeyedQueue } from './keyed-queue.ts'

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  const { promise, resolve, reject } = withResolvers()
  const run = async (): Promise<string> => {
    log.push(`${name} begins`)
    await promise
    log.push(`${name} ends`)
    return name
  }
  return { run, resolve, reject }
}

function withResolvers() {
  let resolve = (): void => undefined
  let reject = (_: Error): void => undefined
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('KeyedQueue', () => {
  it('runs what goes by one key one after the other, and answers each', async () => {
    const log: string[] = []
    const queue = new KeyedQueue()
    const [first, second] = [work(log, 'first'), work(log, 'second')]
    const answers = Promise.all([queue.run('key', first.run), queue.run('key', second.run)])
    second.resolve()
    await turn()
    expect(log).toEqual(['first begins'])
    first.resolve()
    expect(await answers).toEqual(['first', 'second'])
    expect(log).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  it('does not let one key wait for another', async () => {
    const log: string[] = []
    const queue = new KeyedQueue()
    const [first, other] = [work(log, 'first'), work(log, 'other')]
    const running = queue.run('key', first.run)
    other.resolve()
    expect(await queue.run('other key', other.run)).toBe('other')
    first.resolve()
    await running
  })

  it('goes on after a failure, which only its own caller sees', async () => {
    const log: string[] = []
    const queue = new KeyedQueue()
    const [first, second] = [work(log, 'first'), work(log, 'second')]
    const failing = queue.run('key', first.run)
    const next = queue.run('key', second.run)
    first.reject(new Error('failed'))
    second.resolve()
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('second')
  })
})
