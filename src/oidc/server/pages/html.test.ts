import { describe, expect, it } from 'vitest'
import { fill, html } from './html.ts'

const ATTACK = `"><script>alert('1')</script>&`
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;'

describe('html', () => {
  it('escapes text in content and in attributes', () => {
    expect(html`<p title="${ATTACK}">${ATTACK}</p>`.markup).toBe(`<p title="${ESCAPED}">${ESCAPED}</p>`)
  })

  it('keeps markup of its own, alone and in lists', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
    expect(html`<ul>${items}</ul>${html`<hr>`}`.markup).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul><hr>')
  })

  it('leaves nothing for what is absent and writes numbers', () => {
    expect(html`[${undefined}${false}${''}${0}]`.markup).toBe('[0]')
  })
})

describe('fill', () => {
  it('puts text and markup in place of names and escapes the rest', () => {
    expect(fill('<{a}> & {b}', { a: ATTACK, b: html`<b>x</b>` }).markup).toBe(`&lt;${ESCAPED}&gt; &amp; <b>x</b>`)
  })

  it('does not fill twice: a value that looks like a name stays text', () => {
    expect(fill('{a} {b}', { a: '{b}', b: 'B' }).markup).toBe('{b} B')
  })

  it('keeps a name that has no value, and names of Object', () => {
    expect(fill('{none} {constructor}', {}).markup).toBe('{none} {constructor}')
  })
})
