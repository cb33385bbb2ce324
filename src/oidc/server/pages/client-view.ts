import type { Client } from '../../../oauth2/server/index.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import type { Messages } from './messages.ts'

/** Hosts as a CSP source can name them: a host may otherwise hold characters that end a directive. */
const SOURCE = /^https?:\/\/[a-z0-9.:[\]-]+$/

/** What a page shows of a client. The client chose all of it: each address is proven to be a web address. */
export interface ClientView {
  readonly name: string
  readonly home: URL | undefined
  readonly logo: URL | undefined
  readonly policy: URL | undefined
  readonly terms: URL | undefined
}

export function viewClient(client: Client): ClientView {
  const logo = parseWebUrl(client.logo_uri)
  return {
    // A name that is blank would leave it open who asks.
    name: client.client_name?.trim() || client.client_id,
    home: parseWebUrl(client.client_uri),
    logo: logo && SOURCE.test(logo.origin) ? logo : undefined,
    policy: parseWebUrl(client.policy_uri),
    terms: parseWebUrl(client.tos_uri),
  }
}

/** The CSP sources of the pictures that a client brings to a page. */
export function imageSources(view: ClientView): readonly string[] {
  return view.logo === undefined ? [] : [view.logo.origin]
}

/** A name as its owner wrote it, kept from turning the direction of the text around it. */
export function isolate(name: string): Html {
  return html`<strong><bdi>${name}</bdi></strong>`
}

/** The client's logo. Its name stands beside it in words, so that it says nothing to a screen reader. */
export function renderLogo(view: ClientView): Html | undefined {
  return view.logo && html`<img class="logo" src="${view.logo.href}" alt="" height="48">`
}

/** Links to the client's policy and terms, where it has any. @spec OIDC Registration §2 */
export function renderClientLinks(view: ClientView, messages: Messages): Html | undefined {
  const links = [
    renderLink(view.policy, messages.privacyPolicy, messages),
    renderLink(view.terms, messages.termsOfService, messages),
  ].filter((link) => link !== undefined)
  return links.length === 0 ? undefined : html`<ul class="links small">${links}</ul>`
}

/** In a tab of its own: what was typed into the form is not lost. */
function renderLink(url: URL | undefined, text: string, messages: Messages): Html | undefined {
  return (
    url &&
    html`<li><a href="${url.href}" target="_blank" rel="noopener noreferrer">${text}<span class="hidden"> ${messages.opensInNewTab}</span></a></li>`
  )
}

/** `javascript:` and its like are no web addresses (CVE-2026-22752). */
function parseWebUrl(value: string | undefined): URL | undefined {
  if (value === undefined || !URL.canParse(value)) return undefined
  const url = new URL(value)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}
