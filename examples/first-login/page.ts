/** Who is signed in, as the home page shows it. */
export interface Profile {
  name: string
  email: string
  subject: string
  issuer: string
  /** When the access token ends. */
  expiresAt: Date
}

export function welcomePage(isSignedOut: boolean): string {
  return page(
    'Welcome',
    `<h1>Welcome</h1>
    <p>This app does not keep passwords. It sends you to an identity provider, and learns from it who you are.</p>
    ${isSignedOut ? '<p role="status">You are signed out, here and at the provider.</p>' : ''}
    <a class="button" id="sign-in" href="/login">Sign in</a>`,
  )
}

export function profilePage({ name, email, subject, issuer, expiresAt }: Profile): string {
  return page(
    name,
    `<div class="avatar" aria-hidden="true">${escapeHtml(name.charAt(0))}</div>
    <h1>${escapeHtml(name)}</h1>
    <p id="email">${escapeHtml(email)}</p>
    <dl>
      <dt>Signed in at</dt><dd>${escapeHtml(issuer)}</dd>
      <dt>Subject</dt><dd>${escapeHtml(subject)}</dd>
      <dt>Access until</dt><dd><time datetime="${expiresAt.toISOString()}">${expiresAt.toLocaleTimeString('en', { timeStyle: 'short' })}</time></dd>
    </dl>
    <form method="post" action="/renew"><button class="quiet" id="renew">Renew access</button></form>
    <form method="post" action="/logout"><button class="quiet" id="sign-out">Sign out</button></form>`,
  )
}

export function problemPage(message: string): string {
  return page(
    'Not signed in',
    `<h1>You are not signed in</h1>
    <p role="alert">${escapeHtml(message)}</p>
    <a class="button" href="/login">Try again</a>
    <a class="button quiet" href="/">Back to the start</a>`,
  )
}

function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escapeHtml(title)} · First Login</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <header>First Login</header>
    <main>${main}</main>
  </body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export const style = `:root { --accent: #3538cd; --on-accent: #fff; --back: #f2f4f7; --card: #fff; --text: #101828; --soft: #475467; --line: #d0d5dd }
@media (prefers-color-scheme: dark) {
  :root { --accent: #a4bcfd; --on-accent: #101828; --back: #0c111d; --card: #161b26; --text: #f5f5f6; --soft: #94969c; --line: #333741 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; grid-template-rows: auto 1fr; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
header { padding: 1rem 1.5rem; font-weight: 600 }
main { width: min(26rem, 100% - 2rem); margin: 8vh auto auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; text-align: center }
h1 { margin: .5rem 0; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere }
p { margin: .5rem 0 1.25rem; color: var(--soft); text-wrap: pretty; overflow-wrap: anywhere }
[role] { margin-top: 1rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; color: var(--text) }
.avatar { width: 4.5rem; height: 4.5rem; margin: 0 auto; display: grid; place-items: center; border-radius: 50%; background: var(--accent); color: var(--on-accent); font-size: 2rem; font-weight: 600 }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1.5rem 0; text-align: left; font-size: .875rem }
dt { color: var(--soft) }
dd { margin: 0; text-align: right; overflow-wrap: anywhere }
button, .button { display: block; width: 100%; margin-top: .75rem; padding: .75rem; border: 1px solid var(--accent); border-radius: .5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
.quiet { border-color: var(--line); background: transparent; color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`
