import { describe, expect, it } from 'vitest'
import { issuerTemplate } from './issuer-template.ts'

const TEMPLATE = 'https://login.microsoftonline.com/{tenantid}/v2.0'
const contoso = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490'
const fabrikam = '82229342-1101-4ab6-817b-70c0747630f3'
const of = (tenant: string): string => `https://login.microsoftonline.com/${tenant}/v2.0`
const metadata = { issuer: TEMPLATE }

describe('Microsoft Entra: an issuer template', () => {
  const accept = issuerTemplate(TEMPLATE)

  it('is itself the issuer of metadata, and of nothing else', () => {
    expect(accept(TEMPLATE, { where: 'metadata', metadata })).toBe(true)
    expect(accept(of(contoso), { where: 'metadata', metadata })).toBe(false)
    expect(accept(TEMPLATE, { where: 'response', metadata })).toBe(false)
    expect(accept(TEMPLATE, { where: 'token', metadata, claims: { tid: '{tenantid}' } })).toBe(false)
  })

  it('is filled with the tenant that a token names', () => {
    const isOf = (issuer: string, tid?: unknown) => accept(issuer, { where: 'token', metadata, claims: { tid } })
    expect(isOf(of(contoso), contoso)).toBe(true)
    expect(isOf(of(contoso), fabrikam)).toBe(false)
    expect(isOf(of(contoso), undefined)).toBe(false)
    expect(isOf(of(contoso), [contoso])).toBe(false)
    expect(accept(of(contoso), { where: 'token', metadata })).toBe(false)
  })

  it.each([
    'common',
    'contoso.onmicrosoft.com',
    '',
    contoso.toUpperCase(),
    `${contoso}/v2.0/../${fabrikam}`,
    `${contoso}?`,
    ` ${contoso}`,
    `${contoso}\n`,
  ])('takes no %j for a tenant', (tenant) => {
    expect(accept(of(tenant), { where: 'token', metadata, claims: { tid: tenant } })).toBe(false)
    expect(accept(of(tenant), { where: 'response', metadata })).toBe(false)
  })

  it.each([
    `https://evil.example/${contoso}/v2.0`,
    `https://login.microsoftonline.com.evil.example/${contoso}/v2.0`,
    `https://login.microsoftonline.com/${contoso}/v1.0`,
    `https://login.microsoftonline.com/${contoso}/v2.0/`,
    'https://login.microsoftonline.com//v2.0',
    'https://login.microsoftonline.com/v2.0',
  ])('is not %s', (issuer) => {
    expect(accept(issuer, { where: 'response', metadata })).toBe(false)
    expect(accept(issuer, { where: 'token', metadata, claims: { tid: contoso } })).toBe(false)
  })

  it('lets in the tenants that were named alone, or nobody', () => {
    const some = issuerTemplate(TEMPLATE, { tenants: [contoso] })
    const none = issuerTemplate(TEMPLATE, { tenants: [] })
    const isOf = (tid: string) => ({ where: 'token', metadata, claims: { tid } }) as const
    expect(some(of(contoso), isOf(contoso))).toBe(true)
    expect(some(of(fabrikam), isOf(fabrikam))).toBe(false)
    expect(some(of(fabrikam), { where: 'response', metadata })).toBe(false)
    expect(none(of(contoso), isOf(contoso))).toBe(false)
  })

  it.each([contoso.toUpperCase(), 'contoso.onmicrosoft.com', ''])(
    'whom %j would keep out is told at once',
    (tenant) => {
      expect(() => issuerTemplate(TEMPLATE, { tenants: [fabrikam, tenant] })).toThrow(
        'issuerTemplate: "tenants" must be the ids of tenants: GUIDs in lower case, not their domains',
      )
    },
  )

  it('may go by another claim', () => {
    const other = issuerTemplate('https://op.example/{tenant}', { claim: 'org' })
    expect(other(`https://op.example/${contoso}`, { where: 'token', metadata, claims: { org: contoso } })).toBe(true)
  })

  it.each([
    'https://op.example',
    'https://op.example/{a}/{b}',
    'http://op.example/{tenant}',
    'https://op.example/{tenant}?x',
    '{tenant}',
    '',
    'https://{tenant}.op.example/v2.0',
    'https://{tenant}/v2.0',
    'https://op.example{tenant}/v2.0',
    'https://op.example/{tenant}@evil.example/',
    'https://op.example/..{tenant}/',
    'https://op.example/{tenant}v2.0',
  ])('%j is none', (template) => {
    expect(() => issuerTemplate(template)).toThrow(
      'template must be an https URL with one place for the tenant in braces, between slashes of its path',
    )
  })
})
