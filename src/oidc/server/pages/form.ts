import type { Html } from './html.ts'
import { html } from './html.ts'

/** The form of a page: where it goes and what it carries unseen. */
export interface FormView {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  /** Where it may lead, as CSP sources. */
  readonly sources: readonly string[]
}

export function renderHiddenFields(form: FormView): Html {
  const inputs = Object.entries(form.fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`${inputs}`
}

/**
 * Where a form may lead whose answer is a redirect to `target`: to us, and by the target's scheme.
 *
 * Chromium holds `form-action` against every redirect that follows the form, also those that the client's own callback
 * makes. Naming the callback's origin alone would strand people whose client redirects from there to another host, so it
 * is the scheme that is named; `javascript:` and its like stay out.
 */
export function formSources(target: string | undefined): readonly string[] {
  if (target === undefined) return ["'self'"]
  const { protocol } = new URL(target)
  return protocol === 'http:' ? ["'self'", 'http:', 'https:'] : ["'self'", protocol]
}
