import { describe, expect, it } from 'vitest'
import { escapeHtml } from './escape-html.ts'

describe('escapeHtml', () => {
  it('escapes what could end content or an attribute', () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;')
  })

  it('is no percent-encoding: what a form posts back is what went in', () => {
    expect(escapeHtml('a b+c%20é')).toBe('a b+c%20é')
  })
})
