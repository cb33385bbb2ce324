import { createIcon } from './icon.ts'
import type { Look } from './layout.ts'
import type { MessageOverrides } from './messages.ts'
import { createMessages } from './messages.ts'
import { PAGE_CSS } from './styles.ts'
import type { Theme } from './theme.ts'
import { findThemeProblems, writeThemeCss } from './theme.ts'

/** How a provider's pages look and what they say. */
export interface PageOptions {
  /** Whose pages these are. The name defaults to the issuer's host. */
  readonly brand?: { readonly name: string }
  /** CSS variables: `{ '--aw-accent': '#0a7d4f' }`. Mind the contrast: text on the accent is `--aw-on-accent`. */
  readonly theme?: Theme
  /** What differs where the person prefers dark colours. */
  readonly darkTheme?: Theme
  /** Other words, other languages. */
  readonly messages?: MessageOverrides
}

/** What is wrong with the options, one sentence each. */
export function findPageProblems({ theme = {}, darkTheme = {} }: PageOptions): string[] {
  return [...findThemeProblems('theme', theme), ...findThemeProblems('darkTheme', darkTheme)]
}

export function createLook({ brand, theme = {}, darkTheme = {}, messages }: PageOptions, issuer: string): Look {
  const brandName = brand?.name ?? new URL(issuer).host
  return {
    brandName,
    icon: createIcon(brandName, theme),
    messages: createMessages(messages),
    css: writeThemeCss(theme, darkTheme) + PAGE_CSS,
  }
}
