import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The browser to start: `inject('chromiumPath')` in a test. */
    chromiumPath: string
  }
}

const USUAL_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Finds the browser before any test runs, so that a machine without one gets one clear sentence. */
export function setup(project: TestProject): void {
  project.provide('chromiumPath', findChromium(process.env['CHROMIUM_PATH']))
}

function findChromium(wanted: string | undefined): string {
  const found = (wanted === undefined ? USUAL_PLACES : [wanted]).find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    wanted === undefined
      ? `No browser found at ${USUAL_PLACES.join(', ')}: run "apt-get install chromium", or name one in CHROMIUM_PATH`
      : 'CHROMIUM_PATH names no file: it has to be the path of a Chromium or Chrome executable',
  )
}
