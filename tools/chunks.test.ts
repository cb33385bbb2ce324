import { describe, expect, test } from 'vitest'
import { planChunks } from './chunks.mjs'

interface Given {
  readonly entries: Readonly<Record<string, readonly string[]>>
  readonly sizes?: Readonly<Record<string, number>>
  readonly rooms?: Readonly<Record<string, string>>
}

/** The modules of each file, joined. */
function plan({ entries, sizes = {}, rooms = {} }: Given): string[] {
  const modules = new Map(
    Object.values(entries)
      .flat()
      .map((path) => [path, { size: sizes[path] ?? 1000, room: rooms[path] ?? 'one' }]),
  )
  const files = new Map<number, string[]>()
  for (const [path, file] of planChunks(new Map(Object.entries(entries)), modules)) {
    files.set(file, [...(files.get(file) ?? []), path])
  }
  return [...files.values()].map((paths) => paths.sort().join(' ')).sort()
}

describe('modules that share a file of dist', () => {
  test('what one entry alone needs stays in its own', () => {
    expect(plan({ entries: { a: ['x'], b: ['y'] } })).toEqual([])
  })

  test('what the same entries need is together, however long', () => {
    expect(plan({ entries: { a: ['x', 'y'], b: ['x', 'y'] }, sizes: { x: 9e6, y: 9e6 } })).toEqual(['x y'])
  })

  test('little is loaded that is not needed, to save a file', () => {
    const entries = { a: ['x', 'y'], b: ['x', 'y'], c: ['x'] }
    expect(plan({ entries })).toEqual(['x y'])
    expect(plan({ entries, sizes: { y: 300_000 } })).toEqual(['x', 'y'])
  })

  test('but nothing of a room that an entry has nothing to do with', () => {
    const entries = { a: ['x', 'y'], b: ['x', 'y'], c: ['x'] }
    expect(plan({ entries, rooms: { y: 'other' } })).toEqual(['x', 'y'])
    expect(plan({ entries: { ...entries, c: ['x', 'z'] }, rooms: { y: 'other', z: 'other' } })).toEqual(['x y'])
  })

  test('in whatever order the entries come, the files are the same', () => {
    const entries = { a: ['x', 'y', 'z'], b: ['y', 'z'], c: ['x', 'z'], d: ['x'] }
    const reversed = Object.fromEntries(Object.entries(entries).reverse())
    expect(plan({ entries })).toEqual(plan({ entries: reversed }))
  })
})
