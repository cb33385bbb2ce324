import { describe, expect, it } from 'vitest'
import { isPending } from './awaitable.ts'

function then(): void {}

describe('isPending', () => {
  it.each([
    ['a promise', Promise.resolve(1)],
    ['an object with "then"', { then }],
    ['a query that runs once it is awaited', Object.create({ then })],
    ['a function with "then", as promises of remote calls are', Object.assign(() => 1, { then })],
  ])('waits for %s, as await does', (_name, value: unknown) => {
    expect(isPending(value)).toBe(true)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'then'],
    ['a function', then],
    ['a record', { id: 1 }],
    ['a record with a member of that name', Object.fromEntries([['then', 'later']])],
  ])('does not wait for %s', (_name, value: unknown) => {
    expect(isPending(value)).toBe(false)
  })
})
