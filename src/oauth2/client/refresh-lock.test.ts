import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TestClock } from '../../../test/support/stub-provider.ts'
import { MemoryKeyValueStore } from '../../stores/memory.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import { type StoreLockOptions, storeLock } from './refresh-lock.ts'

function setUp(options: StoreLockOptions = {}) {
  const clock = new TestClock()
  const store = new MemoryKeyValueStore({ clock: clock.read })
  const createLock = () => storeLock(store, { clock: clock.read, ...options })
  return { clock, store, createLock, lock: createLock() }
}

/** Work that lasts until it is told to end. */
function openWork() {
  const end = { now: (): void => undefined }
  const ended = new Promise<void>((resolve) => {
    end.now = resolve
  })
  let isRunning = false
  const work = async (): Promise<string> => {
    isRunning = true
    await ended
    return 'done'
  }
  return { work, end: () => end.now(), isRunning: () => isRunning }
}

describe('storeLock', () => {
  it('lets the processes that share a store go one after the other', async () => {
    const { createLock } = setUp()
    const log: string[] = []
    const work = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, 1))
      log.push(`${name} ends`)
    }
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => createLock().run('key', work(name))))
    const pairs = [0, 2, 4, 6].map((at) => log.slice(at, at + 2).map((line) => line.split(' ')))
    for (const [begin, end] of pairs) expect([begin?.[1], end?.[1], begin?.[0]]).toEqual(['begins', 'ends', end?.[0]])
  })

  it('does not let one key wait for another', async () => {
    const { lock } = setUp()
    const first = openWork()
    const running = lock.run('one', first.work)
    expect(await lock.run('other', async () => 'at once')).toBe('at once')
    first.end()
    expect(await running).toBe('done')
  })

  it('is free again after a failure, which its caller sees', async () => {
    const { lock, store } = setUp()
    await expect(lock.run('key', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(store.get('refresh-lock:key')).toBeUndefined()
  })

  it('passes on when the holder has died', async () => {
    const { lock, store, clock } = setUp({ lifetime: '30s' })
    store.set('refresh-lock:key', 'the dead', clock.seconds + 30)
    const next = openWork()
    const running = lock.run('key', next.work)
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(next.isRunning()).toBe(false)
    clock.advance(30)
    next.end()
    expect(await running).toBe('done')
  })

  it('goes on without the lock when patience ends, and leaves the lock to its holder', async () => {
    const { lock, store, clock } = setUp({ lifetime: '30s', patience: '5s' })
    store.set('refresh-lock:key', 'another', clock.seconds + 30)
    const next = openWork()
    const running = lock.run('key', next.work)
    clock.advance(5)
    next.end()
    expect(await running).toBe('done')
    expect(store.get('refresh-lock:key')).toBe('another')
  })

  it('does not take away the lock of the one that came after its own had ended', async () => {
    const { lock, store, clock } = setUp({ lifetime: 30 })
    const slow = openWork()
    const running = lock.run('key', slow.work)
    clock.advance(30)
    store.setIfAbsent('refresh-lock:key', 'the next', clock.seconds + 30)
    slow.end()
    await running
    expect(store.get('refresh-lock:key')).toBe('the next')
  })

  describe('over a store that is out of order', () => {
    const hang = () => new Promise<never>(() => undefined)
    const fail = () => Promise.reject(new Error('out of reach'))
    const createLock = (broken: Partial<KeyValueStore>) => {
      const { store, clock } = setUp()
      const verbs: KeyValueStore = {
        get: (key) => store.get(key),
        set: (...given) => store.set(...given),
        setIfAbsent: (...given) => store.setIfAbsent(...given),
        replace: (...given) => store.replace(...given),
        take: (key) => store.take(key),
        delete: (...given) => store.delete(...given),
      }
      return { store, lock: storeLock({ ...verbs, ...broken }, { clock: clock.read }) }
    }
    beforeEach(() => void vi.useFakeTimers())
    afterEach(() => void vi.useRealTimers())

    it.each([
      ['fails to set', { setIfAbsent: fail }],
      ['does not answer when it is to set', { setIfAbsent: hang }],
      ['fails to delete', { delete: fail }],
      ['does not answer when it is to delete', { delete: hang }],
    ])('does the work all the same, and waits five seconds at most: %s', async (_, broken) => {
      const running = createLock(broken).lock.run('key', async () => 'done')
      await vi.advanceTimersByTimeAsync(5000)
      expect(await Promise.race([running, 'waits still'])).toBe('done')
    })

    it('leaves no lock behind that it was given too late', async () => {
      const { store, lock } = createLock({
        setIfAbsent: async (...given) => {
          await new Promise((resolve) => setTimeout(resolve, 6000))
          return store.setIfAbsent(...given)
        },
      })
      const running = lock.run('key', async () => 'done')
      await vi.advanceTimersByTimeAsync(5000)
      expect(await running).toBe('done')
      await vi.advanceTimersByTimeAsync(1000)
      expect(store.get('refresh-lock:key')).toBeUndefined()
    })

    it('leaves no lock behind that it was given without being told', async () => {
      const { store, lock } = createLock({
        setIfAbsent: (...given) => {
          store.setIfAbsent(...given)
          return fail()
        },
      })
      expect(await lock.run('key', async () => store.get('refresh-lock:key'))).toBeDefined()
      expect(store.get('refresh-lock:key')).toBeUndefined()
    })
  })

  it.each([
    [{ lifetime: 0 }, '"lifetime" must be a span of at least a second, such as "30s"'],
    [{ lifetime: 1.5 }, '"lifetime" must be a span of at least a second, such as "30s"'],
    [{ patience: -1 }, '"patience" must be a span, such as "30s"'],
  ])('refuses %j', (options, problem) => {
    expect(() => setUp(options)).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(problem) }),
    )
  })
})
