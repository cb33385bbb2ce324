export const clientId = 'app'
export const clientSecret = 'a secret of the client, long enough'
export const redirectUri = 'https://app.example/callback'

/** Who logs people in. */
export interface Library {
  readonly name: string
  /** Whether it is told to check the signature of the ID token. */
  readonly checksSignature: boolean
  /** One whole login: from the URL to the validated claims; returns `sub`. */
  login(browse: Browse): Promise<string>
}

/** Discovers what it needs before the clock starts. */
export type Prepare = (issuer: string) => Promise<Library>

/** What the browser and the provider do in between: the URL that the login goes away with becomes the one it comes back with. */
export type Browse = (url: URL) => URL

/** The nonce is the code, so that the provider need not remember it; behind a dot stands what is to be wrong. */
export function comeBack(url: URL, fault = ''): URL {
  const back = new URL(redirectUri)
  back.searchParams.set('code', `${url.searchParams.get('nonce')}.${fault}`)
  back.searchParams.set('state', url.searchParams.get('state') ?? '')
  return back
}
