import { escapeHtml } from '../../../util/escape-html.ts'

/** Markup that is safe to send: only `html` makes it. */
export interface Html {
  readonly markup: string
}

/** What may stand in a template. Text is escaped; `undefined` and `false` leave nothing. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined | false

/**
 * Writes markup. Whatever is put into the template is escaped unless it was written by `html` itself, so that forgetting
 * to escape is not possible. Attributes have to be quoted.
 *
 * @example
 * html`<p title="${title}">${text}</p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { markup: strings.reduce((markup, string, index) => markup + toMarkup(values[index - 1]) + string) }
}

/** Puts values in the place of the `{names}` of a sentence. A name without a value stays as it is written. */
export function fill(sentence: string, values: Readonly<Record<string, HtmlValue>>): Html {
  // Every second part is a name.
  const parts = sentence.split(/\{(\w+)\}/)
  const markup = parts.map((part, index) => {
    if (index % 2 === 0) return escapeHtml(part)
    return Object.hasOwn(values, part) ? toMarkup(values[part]) : `{${part}}`
  })
  return { markup: markup.join('') }
}

/** `fill` for places that hold text only, such as a page's title. */
export function fillText(sentence: string, values: Readonly<Record<string, string>>): string {
  return sentence.replace(
    /\{(\w+)\}/g,
    (written, name: string) => (Object.hasOwn(values, name) ? values[name] : undefined) ?? written,
  )
}

function toMarkup(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if ('markup' in value) return value.markup
  return value.map((part) => part.markup).join('')
}
