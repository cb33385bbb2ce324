import { describe, expect, it } from 'vitest'
import { type Screen, tagsOf } from '../../../../test/support/browser.ts'
import { APP, ISSUER, TestProvider } from '../../../../test/support/openid-provider.ts'
import { viewClient } from './client-view.ts'
import { formSources } from './form.ts'
import { createLook } from './look.ts'
import { createMessages } from './messages.ts'
import { renderErrorPage } from './notice.ts'
import { findThemeProblems, type Theme, writeThemeCss } from './theme.ts'

const ATTACK = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{client}&amp;`
const ESCAPED =
  '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;{client}&amp;amp;'

/** Every kind of page, as one person with one browser comes by them. */
async function visitAll(provider: TestProvider): Promise<readonly Screen[]> {
  const browser = provider.browser()
  const url = provider.url({ login_hint: ATTACK, state: ATTACK, nonce: ATTACK, ui_locales: ATTACK, prompt: 'consent' })
  const login = await browser.open(url)
  const wrong = await browser.press(login, 'sign-in', { username: ATTACK, password: 'x' })
  const consent = await provider.signIn(browser, login)
  const signOut = await browser.open(`${ISSUER}/logout?client_id=app&state=${encodeURIComponent(ATTACK)}`)
  const badReturn = await browser.open(
    `${ISSUER}/logout?client_id=app&post_logout_redirect_uri=${encodeURIComponent(ATTACK)}`,
  )
  const badHint = await browser.open(`${ISSUER}/logout?id_token_hint=${encodeURIComponent(ATTACK)}`)
  const forbidden = await browser.press(login, 'sign-in', { csrf: ATTACK })
  const broken = await browser.open(`${ISSUER}/interaction?handle=${encodeURIComponent(ATTACK)}`)
  const error = await browser.open(`${ISSUER}/authorize?client_id=${encodeURIComponent(ATTACK)}`)
  await browser.press(consent, 'allow')
  const finished = await browser.press(consent, 'allow')
  const signedOut = await browser.press(signOut, 'sign-out')
  provider.wait(100_000)
  const expired = await browser.open(login.url)
  return [login, wrong, consent, signOut, badReturn, badHint, forbidden, broken, error, finished, signedOut, expired]
}

const PLAIN = await visitAll(new TestProvider())
const HOSTILE = await visitAll(
  new TestProvider({
    clients: [
      {
        ...APP,
        client_name: ATTACK,
        logo_uri: `https://cdn.example/${ATTACK}`,
        policy_uri: `https://app.example/?${ATTACK}`,
        tos_uri: `javascript:alert('${ATTACK}')`,
      },
    ],
    interactions: {
      brand: { name: ATTACK },
      messages: { signInLead: `${ATTACK} {client}`, scopes: { email: ATTACK } },
      authenticate: ({ password }) => (password === 'x' ? undefined : { subject: ATTACK, displayName: ATTACK }),
    },
  }),
)

describe('every page', () => {
  it('is a different one', () => {
    expect(new Set(PLAIN.map(({ page, status }) => `${page} ${status}`)).size).toBe(PLAIN.length)
  })

  it.each(PLAIN.map((screen) => [`${screen.page} ${screen.status}`, screen] as const))(
    '%s: headers',
    (_, { headers }) => {
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'nonce-[\w-]{22}'; img-src data:(?: https:\S+)?; form-action [^;]+; /,
      )
      expect(policy).toMatch(/; frame-ancestors 'none'; base-uri 'none'$/)
      expect(policy).not.toContain('unsafe')
    },
  )

  it.each(PLAIN.map((screen) => [`${screen.page} ${screen.status}`, screen] as const))('%s: markup', (_, { body }) => {
    expect(body).toMatch(/^<!doctype html><html lang="en" dir="ltr">/)
    expect(body).toMatch(/<title>[^<]+ · op\.example<\/title>/)
    expect(tagsOf(body, 'main')).toHaveLength(1)
    expect(tagsOf(body, 'h1')).toHaveLength(1)
    expect(tagsOf(body, 'script')).toEqual([])
    expect(body.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\s(?:on\w+|style)=/)
    expect(tagsOf(body, 'form').length).toBeLessThanOrEqual(1)
  })

  it.each(PLAIN.map((screen) => [`${screen.page} ${screen.status}`, screen] as const))('%s: form', (_, { body }) => {
    for (const { type, id } of tagsOf(body, 'input')) {
      if (type !== 'hidden') expect(tagsOf(body, 'label').map((label) => label['for'])).toContain(id)
    }
    const primary = tagsOf(body, 'button').filter((button) => button['class'] === 'primary')
    expect(primary).toHaveLength(tagsOf(body, 'form').length)
  })

  it('has a nonce of its own, the one of its style', () => {
    const nonces = PLAIN.map(({ headers }) => /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1])
    expect(new Set(nonces).size).toBe(PLAIN.length)
    for (const [index, { body }] of PLAIN.entries()) expect(tagsOf(body, 'style')[0]?.['nonce']).toBe(nonces[index])
  })
})

describe('what others wrote stays text', () => {
  it.each(HOSTILE.map((screen) => [`${screen.page} ${screen.status}`, screen] as const))('%s', (_, { body }) => {
    expect(tagsOf(body, 'script')).toEqual([])
    expect(body).not.toMatch(/<img src=x|javascript:|<script/)
    expect(body).toContain(`<title>`)
    expect(body).toContain(` · ${ESCAPED}</title>`)
  })

  it('in all the places where it may be shown', () => {
    const [login, wrong, consent, signOut] = HOSTILE.map(({ body }) => body)
    expect(tagsOf(login ?? '', 'input').find(({ id }) => id === 'username')?.['value']).toBe(ATTACK)
    expect(tagsOf(wrong ?? '', 'input').find(({ id }) => id === 'username')?.['value']).toBe(ATTACK)
    expect(login).toContain(`<strong><bdi>${ESCAPED}</bdi></strong>`)
    expect(consent).toContain(`Signed in as <strong><bdi>${ESCAPED}</bdi></strong>`)
    expect(consent).toContain(`<li><span>${ESCAPED}</span></li>`)
    expect(signOut).toContain(`<strong><bdi>${ESCAPED}</bdi></strong>`)
  })
})

describe('CVE-2026-22752: addresses in client metadata', () => {
  const addresses = ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'nonsense', '']

  it.each(addresses)('%j is no link and no picture', (uri) => {
    const view = viewClient({ ...APP, client_uri: uri, logo_uri: uri, policy_uri: uri, tos_uri: uri })
    expect(view).toEqual({ name: 'Example App', home: undefined, logo: undefined, policy: undefined, terms: undefined })
  })

  it.each(["https://a;script-src'/", 'https://a,b/logo.png', "https://a'unsafe-inline'/"])(
    'a logo whose host would end a CSP directive is left out: %s',
    async (logo_uri) => {
      const provider = new TestProvider({ clients: [{ ...APP, logo_uri }] })
      const { headers, body } = await provider.browser().open(provider.url())
      expect(headers.get('content-security-policy')).toContain("; img-src data:; form-action 'self' https:; frame-")
      expect(tagsOf(body, 'img')).toEqual([])
    },
  )

  it('a picture comes from its own origin only', async () => {
    const provider = new TestProvider()
    const { headers } = await provider.browser().open(provider.url())
    expect(headers.get('content-security-policy')).toContain('; img-src data: https://cdn.app.example;')
  })

  it('a client without a name is called by its id', () => {
    expect(viewClient({ client_id: 'app' }).name).toBe('app')
  })
})

describe('where forms may lead', () => {
  it.each([
    ['https://app.example/cb', "'self' https:"],
    ['http://127.0.0.1:1/cb', "'self' http: https:"],
    ['com.example.app:/cb', "'self' com.example.app:"],
    [undefined, "'self'"],
  ])('%s', (target, sources) => {
    expect(formSources(target).join(' ')).toBe(sources)
  })
})

describe('themes', () => {
  it('take colours, lengths and font lists, in both schemes', () => {
    const theme = { '--aw-accent': 'rgb(10 20 30 / 50%)', '--aw-font': `"Open Sans", 'Arial', sans-serif` }
    expect(findThemeProblems('theme', theme)).toEqual([])
    const css = writeThemeCss(theme, { '--aw-accent': '#fff' })
    expect(css).toMatch(/^:root\{color-scheme:light dark;--aw-accent:rgb\(10 20 30 \/ 50%\);/)
    expect(css).toMatch(/@media \(prefers-color-scheme:dark\)\{:root\{--aw-accent:#fff;/)
    expect(css.match(/"Open Sans"/g)).toHaveLength(2)
  })

  it.each([
    'red;} body{display:none',
    'red}',
    '</style><script>',
    'url(https://evil.example)',
    'URL (x)',
    '"unclosed',
    'rgb(1',
    '1)',
    'a\\62',
    '@import',
    '',
    'x'.repeat(201),
  ])('refuse %j', (value) => {
    expect(findThemeProblems('theme', { '--aw-accent': value })).toEqual([
      '"theme" has a value for "--aw-accent" that is no plain CSS value: expected a colour, length or font list',
    ])
  })

  it.each(['--aw-acccent', '--x', 'color', '__proto__x'])('refuse a variable that is not used: %s', (name) => {
    const theme: Theme = Object.fromEntries([[name, 'red']])
    expect(findThemeProblems('darkTheme', theme)).toEqual([
      expect.stringMatching(/^"darkTheme" has a variable that the pages do not use: expected --aw-accent, /),
    ])
  })
})

describe('the icon', () => {
  it('is the mark of the brand, in the colours of the theme', () => {
    const theme = { '--aw-accent': '#0a7d4f' }
    const { icon } = createLook({ brand: { name: '<acme>' }, theme }, ISSUER)
    const svg = decodeURIComponent(icon.replace('data:image/svg+xml,', ''))
    expect(svg).toContain('fill="#0a7d4f"')
    expect(svg).toContain('fill="#ffffff">A</text></svg>')
  })

  it('cannot be left by a colour', () => {
    const theme = { '--aw-accent': `"x"'y'` }
    expect(findThemeProblems('theme', theme)).toEqual([])
    expect(createLook({ theme }, ISSUER).icon).toContain(encodeURIComponent('fill="&quot;x&quot;&#39;y&#39;"'))
  })
})

describe('texts', () => {
  it('can be other words in another language', async () => {
    const messages = { lang: 'ar', dir: 'rtl', signIn: 'تسجيل الدخول', scopes: { email: 'بريدك' } } as const
    const provider = new TestProvider({ interactions: { messages } })
    const browser = provider.browser()
    const login = await browser.open(provider.url())
    expect(login.body).toMatch(/^<!doctype html><html lang="ar" dir="rtl">/)
    expect(login.body).toContain('>تسجيل الدخول</button>')
    const consent = await provider.signIn(browser, login)
    expect(consent.body).toContain('<span>بريدك</span>')
    expect(consent.body).toContain('<span>Know who you are when you sign in</span>')
  })

  it('keep what is not overridden', () => {
    const { scopes, ...texts } = createMessages({ scopes: { reports: 'Read reports' } })
    expect(texts.signIn).toBe('Sign in')
    expect(scopes).toMatchObject({ openid: 'Know who you are when you sign in', reports: 'Read reports' })
  })
})

describe('error pages', () => {
  it('blame the application for its errors and us for ours', () => {
    const look = createLook({ brand: { name: 'Acme' } }, ISSUER)
    const error = { code: 'x', description: 'y', reference: 'z' }
    expect(renderErrorPage(look, { ...error, status: 400 }).body).toContain('This request cannot be completed')
    expect(renderErrorPage(look, { ...error, status: 503 }).body).toContain('Something went wrong on our side')
  })
})
