import { packageEntries } from './package-entries.mjs'

/** Lets tests import the package by its public names and run the source behind them, without a build. */
export const sourceAlias: { find: RegExp; replacement: string }[] = packageEntries().map((entry) => ({
  find: new RegExp(`^${entry.name}$`),
  replacement: new URL(`../${entry.source}`, import.meta.url).pathname,
}))
