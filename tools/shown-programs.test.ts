import { describe, expect, test } from 'vitest'
import { findStaleBlocks, shownRegions } from './shown-programs.mjs'

const PROGRAM = `import { b } from './b.ts'

// #region guide

import { a } from 'a'

a(1)
// #endregion

b()

// #region guide
a(2)
// #endregion
`

function page(block: string, path = 'examples/a.ts'): string {
  return `# Title\n\n<!-- ${path} -->\n${block}\n\n\`\`\`ts\nother()\n\`\`\`\n`
}

const find = (block: string) => findStaleBlocks(page(block), () => PROGRAM)

test('the regions of a program', () => {
  expect(shownRegions(PROGRAM)).toEqual(["import { a } from 'a'\n\na(1)", 'a(2)'])
  expect(shownRegions('a(1)\n')).toEqual([])
})

describe('a block that shows a program', () => {
  test('says what one of the regions says', () => {
    expect(find("```ts\nimport { a } from 'a'\n\na(1)\n```")).toEqual([])
    expect(find('\n```ts\na(2)\n```')).toEqual([])
  })

  test.each([
    ['something else', '```ts\na(3)\n```'],
    ['part of a region', '```ts\na(1)\n```'],
    ['two regions', "```ts\nimport { a } from 'a'\n\na(1)\na(2)\n```"],
    ['what is in no region', '```ts\nb()\n```'],
    ['a region that is indented', '```ts\n  a(2)\n```'],
  ])('does not say %s', (_, block) => {
    expect(find(block)).toEqual(['the block below <!-- examples/a.ts --> is no "#region guide" of that file'])
  })

  test('is there, and of TypeScript', () => {
    const problem = ['no block of TypeScript below <!-- examples/a.ts -->']
    expect(find('Text.')).toEqual(problem)
    expect(find('```sh\nls\n```')).toEqual(problem)
  })

  test('has a program that is there', () => {
    const read = () => {
      throw new Error('no such file')
    }
    expect(() => findStaleBlocks(page('```ts\na(2)\n```'), read)).toThrow('no such file')
  })
})

test('comments that name no program are nothing', () => {
  expect(findStaleBlocks('<!-- examples -->\n\ntext\n', () => '')).toEqual([])
})
