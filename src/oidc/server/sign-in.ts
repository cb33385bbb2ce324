import type { RequestParameters } from '../../http/form.ts'
import type { RequestContext } from '../../oauth2/server/index.ts'
import type { Authenticate } from './interaction-settings.ts'
import type { LoginView } from './pages/login.ts'
import type { AuthenticatedPerson } from './session.ts'

/** Why a sign-in form has to be shown again, with what was typed before. */
export type SignInProblem = Required<Pick<LoginView, 'username' | 'problem'>>

/** Who signed in with a form, or what was wrong with it. */
export async function readSignIn(
  { server, request, requestId }: RequestContext,
  authenticate: Authenticate,
  form: RequestParameters,
): Promise<AuthenticatedPerson | SignInProblem> {
  const username = form.get('username') ?? ''
  const password = form.get('password') ?? ''
  if (username === '' || password === '') return { username, problem: 'missingCredentials' }
  const person = await authenticate({ username, password, request })
  // Databases often answer null.
  if (person) return person
  server.emit('login.failed', { requestId })
  return { username, problem: 'wrongCredentials' }
}
