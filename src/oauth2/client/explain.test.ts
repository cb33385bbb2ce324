import { describe, expect, it } from 'vitest'
import { FetchError } from '../../http/fetch-error.ts'
import { JoseError } from '../../jose/errors.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { isOAuth2ErrorCode } from '../errors.ts'
import { CLIENT_ERROR_CODES, ClientError } from './errors.ts'
import { CLIENT_ENTRIES, explain } from './explain.ts'
import type { Entry } from './explanations/entry.ts'
import { FETCH } from './explanations/fetch.ts'
import { JOSE } from './explanations/jose.ts'
import { REFUSALS } from './explanations/refusals.ts'

const PAGE = 'https://github.com/authwright/authwright/blob/main/docs/guide/client/errors.md'

describe('explain', () => {
  it('says what a ClientError means, where and what to do', () => {
    const error = new ClientError('transaction_missing', 'login cookie is missing', { stage: 'callback' })
    expect(explain(error)).toEqual({
      ...CLIENT_ENTRIES.transaction_missing,
      code: 'transaction_missing',
      stage: 'callback',
      docs: `${PAGE}#clienterror-transaction_missing`,
    })
  })

  it('says what a provider meant by its refusal, and keeps what it wrote to itself', () => {
    const refusal = { error: 'invalid_grant', error_description: 'code s3cret-code is over' }
    const options = {
      endpoint: 'https://op.example/token?code=s3cret-code',
      status: 400,
      refusal,
      stage: 'refresh',
    } as const
    const explanation = explain(new ClientError('token_refused', 'token endpoint refused', options))
    expect(explanation).toMatchObject({
      code: 'token_refused',
      stage: 'refresh',
      endpoint: 'https://op.example/token',
      status: 400,
      refusal: 'invalid_grant',
      fix: 'Let the person log in again.',
    })
    expect(JSON.stringify(explanation)).not.toContain('s3cret')
  })

  it('does not repeat a refusal that nobody registered', () => {
    const refusal = { error: '<script>' }
    const explanation = explain(new ClientError('authorization_refused', 'refused', { refusal }))
    expect(explanation).not.toHaveProperty('refusal')
    expect(JSON.stringify(explanation)).not.toContain('script')
  })

  it('explains errors of the layers below', () => {
    expect(explain(new JoseError('token_expired', 'over'))).toEqual({
      ...JOSE.token_expired,
      code: 'token_expired',
      docs: `${PAGE}#joseerror-token_expired`,
    })
    expect(explain(new FetchError('timeout', { url: 'https://op.example' }, { status: 504 }))).toEqual({
      ...FETCH.timeout,
      code: 'timeout',
      status: 504,
      docs: `${PAGE}#fetcherror-timeout`,
    })
  })

  it('gives the problems of a configuration as its causes', () => {
    expect(explain(new ConfigurationError('OAuth', ['"clientId" is missing']))).toMatchObject({
      code: 'configuration',
      causes: ['"clientId" is missing'],
    })
  })

  it('looks for the cause of what others have wrapped', () => {
    const inner = new ClientError('token_expired', 'over')
    const wrapped = new Error('Internal Server Error', { cause: new Error('render', { cause: inner }) })
    expect(explain(wrapped).code).toBe('token_expired')
  })

  it.each([new Error('password=hunter2'), 'text', null, undefined, { code: 'token_expired' }])(
    'says little of %s',
    (error) => {
      const explanation = explain(error)
      expect(explanation).toMatchObject({ code: 'unknown', docs: `${PAGE}#other-errors` })
      expect(JSON.stringify(explanation)).not.toContain('hunter2')
    },
  )

  it('ends where causes go in a circle', () => {
    const error = new Error('round')
    error.cause = error
    expect(explain(error).code).toBe('unknown')
  })
})

describe('the catalogue', () => {
  it('has an entry for every code of a ClientError, and no other', () => {
    expect(Object.keys(CLIENT_ENTRIES).sort()).toEqual([...CLIENT_ERROR_CODES].sort())
  })

  it('has only refusals that are registered', () => {
    expect(Object.keys(REFUSALS).filter((name) => !isOAuth2ErrorCode(name))).toEqual([])
  })

  it('says something in every field', () => {
    const entries: Entry[] = [...Object.values(CLIENT_ENTRIES), ...Object.values(JOSE), ...Object.values(FETCH)]
    for (const { meaning, causes, fix } of entries) {
      expect([meaning, fix].every((text) => text.endsWith('.') && text.length > 7)).toBe(true)
      expect(causes.length).toBeGreaterThan(0)
    }
  })

  // Written anew by `npx vitest run src/oauth2/client/explain.test.ts -u`.
  it('is the page in the guide', async () => {
    await expect(renderPage()).toMatchFileSnapshot('../../../docs/guide/client/errors.md')
  })
})

function renderPage(): string {
  return [
    '# Errors of clients',
    '',
    'What goes wrong has a stable code. `explain(error)` says what it means, why it usually happens and what to do, for any',
    'error of this package, also where a framework has wrapped it. Neither it nor the errors hold a secret or anything that was',
    'received.',
    '',
    '<!-- examples/clients/errors.ts -->',
    '```ts',
    "import { ClientError, explain } from 'authwright/oidc/client'",
    "import type { ErrorRequestHandler } from 'express'",
    '',
    '/** @param log read by those who run the app. Those who use it are told that it did not work, and no more. */',
    'export function onClientError(log: (lines: string) => void): ErrorRequestHandler {',
    '  return (error, _request, response, next) => {',
    '    if (!(error instanceof ClientError)) return next(error)',
    '    const { code, meaning, causes, fix, docs } = explain(error)',
    "    log([code, meaning, ...causes, fix, docs].join('\\n'))",
    "    response.status(400).send('Signing in did not work. Please try again.')",
    '  }',
    '}',
    '```',
    '',
    'A `ClientError` has `code`, `stage`, and where there is one `endpoint` (without its query), `status`, `refusal` (what the',
    'provider said: for the log, not for decisions, and never as HTML) and `parameter`. This page is written by the test of the',
    'catalogue.',
    '',
    ...renderFamily('ClientError', CLIENT_ENTRIES),
    '## Refusals of providers',
    '',
    'Where a provider refuses with one of these, `refusal` has it, and `explain` answers with its causes and its fix.',
    '',
    ...Object.entries(REFUSALS).map(([name, { causes, fix }]) => `- \`${name}\`: ${causes.join('; ')}. ${fix}`),
    '',
    ...renderFamily('FetchError', FETCH),
    ...renderFamily('JoseError', JOSE),
    '## Other errors',
    '',
    'A `ConfigurationError` is thrown before anything is sent, with all problems at once in `problems`. Everything else comes from',
    'the application, or is a mistake of this package.',
    '',
  ].join('\n')
}

function renderFamily(family: string, entries: Readonly<Record<string, Entry>>): string[] {
  const sections = Object.entries(entries).flatMap(([code, { meaning, causes, fix }]) => [
    `### ${family} \`${code}\``,
    '',
    meaning,
    '',
    ...causes.map((cause) => `- ${cause}`),
    '',
    fix,
    '',
  ])
  return [`## ${family}`, '', ...sections]
}
