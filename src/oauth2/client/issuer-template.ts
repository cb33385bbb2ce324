import { checkIssuer } from '../../http/url.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { IssuerMatcher } from './issuer-matcher.ts'

export interface IssuerTemplateOptions {
  /** The tenants that may log people in, by their ids. Default: all that the server has. */
  readonly tenants?: readonly string[]
  /** The claim that names the tenant of a token. Default `tid`. */
  readonly claim?: string
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const PLACEHOLDER = /\{\w+\}/

/**
 * For a server whose metadata name a template where the issuer belongs, as the tenant-independent ones of Microsoft Entra
 * do. The template itself is the issuer of the metadata only; everything else must come from the template filled with the
 * id of a tenant, and a token from the tenant that it names itself.
 *
 * @example
 * acceptIssuer: issuerTemplate('https://login.microsoftonline.com/{tenantid}/v2.0', { tenants: [contoso, fabrikam] })
 * @throws ConfigurationError
 * @see https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
 */
export function issuerTemplate(
  template: string,
  { tenants, claim = 'tid' }: IssuerTemplateOptions = {},
): IssuerMatcher {
  const [before = '', after = ''] = template.split(PLACEHOLDER)
  const problems = [findTemplateProblem(template), findTenantProblem(tenants)].filter((it) => it !== undefined)
  if (problems.length > 0) throw new ConfigurationError('issuerTemplate', problems)
  const mayLogIn = (tenant: string): boolean => GUID.test(tenant) && (tenants?.includes(tenant) ?? true)
  return (issuer, { where, claims }) => {
    if (where === 'metadata') return issuer === template
    const tenant = issuer.slice(before.length, issuer.length - after.length)
    if (issuer !== `${before}${tenant}${after}` || !mayLogIn(tenant)) return false
    return where === 'response' || claims?.[claim] === tenant
  }
}

/** The tenant is a part of the path by itself: in the host, it would choose whose issuer it is. */
function findTemplateProblem(template: string): string | undefined {
  const [before = '', after, ...more] = template.split(PLACEHOLDER)
  const isPart = before.endsWith('/') && checkIssuer(before) === undefined && /^(?:\/|$)/.test(after ?? '')
  if (isPart && after !== undefined && more.length === 0 && checkIssuer(before + after) === undefined) return undefined
  return 'template must be an https URL with one place for the tenant in braces, between slashes of its path'
}

/** One that no token can be of would keep everybody out, and nobody would know why. */
function findTenantProblem(tenants: readonly string[] = []): string | undefined {
  if (tenants.every((tenant) => GUID.test(tenant))) return undefined
  return '"tenants" must be the ids of tenants: GUIDs in lower case, not their domains'
}
