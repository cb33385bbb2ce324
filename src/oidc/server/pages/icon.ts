import { html } from './html.ts'
import { firstLetter } from './layout.ts'
import { type Theme, themeValue } from './theme.ts'

/**
 * The icon of the browser's tab: the mark that stands on the pages, written into its own address. Without one browsers ask
 * for `/favicon.ico`, which the pages' policy forbids.
 */
export function createIcon(brandName: string, theme: Theme): string {
  const [accent, onAccent] = [themeValue(theme, '--aw-accent'), themeValue(theme, '--aw-on-accent')]
  const { markup } =
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${accent}"/><text x="16" y="22.5" text-anchor="middle" font-family="sans-serif" font-size="18" font-weight="700" fill="${onAccent}">${firstLetter(brandName).toUpperCase()}</text></svg>`
  return `data:image/svg+xml,${encodeURIComponent(markup)}`
}
