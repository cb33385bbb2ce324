import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const folder = fileURLToPath(new URL('../../../artifacts/screenshots/', import.meta.url))
mkdirSync(folder, { recursive: true })

/**
 * Looks at a page: keeps a picture of it, and demands that it can be used by everybody (axe-core, all its rules) and
 * needs no scrolling to the side.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true })
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, `${name} is wider than the window`).toBe(0)
  expect(await findBarriers(page), name).toEqual([])
}

/** The violations that axe-core finds, a line each. */
async function findBarriers(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the page's content security policy allows no script, and stays as it is.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document, { preload: false })')
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`))
}
