import { expect, test } from 'vitest'
import { codeBlocks } from './doc-examples.mjs'

test('the TypeScript blocks of a page, and nothing else', () => {
  const page =
    '# Title\n\n```sh\nnpm ci\n```\n\n```ts\nconst a = 1\n\nconst b = 2\n```\n\ntext `ts`\n\n```ts\nconst c = 3\n```\n'
  expect(codeBlocks(page)).toEqual(['const a = 1\n\nconst b = 2\n', 'const c = 3\n'])
})
