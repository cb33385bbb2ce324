import { describe, expect, it, vi } from 'vitest'
import { MemoryKeyValueStore } from '../stores/memory.ts'
import { Sealer } from './sealed.ts'
import { SealedStore } from './sealed-store.ts'

const secret = 'a secret that is long enough: 0123456789'
const later = Date.now() / 1000 + 600

function setUp() {
  const store = new MemoryKeyValueStore()
  return { store, values: new SealedStore(store, new Sealer(secret, { purpose: 'test' })) }
}

describe('SealedStore', () => {
  it('gives back what was put in, and shows nothing of it', async () => {
    const { store, values } = setUp()
    const text = await values.set('key', { a: ['the value'] }, later)
    expect(text).not.toContain('the value')
    expect(store.get('key')).toBe(text)
    expect(await values.get('key')).toEqual({ text, value: { a: ['the value'] } })
    expect(await values.get('other')).toBeUndefined()
  })

  it('gives it for the last time', async () => {
    const { values } = setUp()
    await values.set('key', null, later)
    expect(await values.take('key')).toMatchObject({ value: null })
    expect(await values.take('key')).toBeUndefined()
  })

  it('forgets it', async () => {
    const { values } = setUp()
    await values.set('key', 1, later)
    await values.delete('key')
    expect(await values.get('key')).toBeUndefined()
  })

  it('replaces what was read, or nothing where nothing was', async () => {
    const { values } = setUp()
    const first = await values.replace('key', undefined, 'a', later)
    expect(await values.replace('key', undefined, 'b', later)).toBeUndefined()
    const second = await values.replace('key', first, 'a', later)
    // The same value, and another text: who has read the first one has read what was.
    expect(await values.replace('key', first, 'c', later)).toBeUndefined()
    expect(await values.get('key')).toEqual({ text: second, value: 'a' })
  })

  it('keeps things until their end', async () => {
    const { store, values } = setUp()
    const verbs = [vi.spyOn(store, 'set'), vi.spyOn(store, 'setIfAbsent'), vi.spyOn(store, 'replace')]
    const text = await values.set('a', 1, later)
    await values.replace('b', undefined, 1, later)
    await values.replace('a', text, 2, later)
    for (const verb of verbs) expect(verb.mock.calls[0]?.at(-1)).toBe(later)
  })

  it('opens nothing that was sealed for another entry, with another secret, or not at all', async () => {
    const { store, values } = setUp()
    const text = await values.set('theirs', 'value', later)
    store.set('mine', text, later)
    expect(await values.get('mine')).toEqual({ text })
    expect(await values.take('mine')).toEqual({ text })
    store.set('mine', 'text', later)
    expect(await values.get('mine')).toEqual({ text: 'text' })
    const others = new SealedStore(store, new Sealer('another secret that is long enough: 4321', { purpose: 'test' }))
    expect(await others.get('theirs')).toEqual({ text })
  })
})
