import type { RequestParameters } from '../../http/form.ts'
import { OAuth2Error } from '../../oauth2/errors.ts'
import { attemptOf, type RequestContext } from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import type { Authenticate } from './interaction-settings.ts'
import type { LoginView } from './pages/login.ts'
import type { AuthenticatedPerson } from './session.ts'

/** Why a sign-in form has to be shown again, with what was typed before. */
export type SignInProblem = Required<Pick<LoginView, 'username' | 'problem'>> & Pick<LoginView, 'retryAfter'>

/** Who signed in with a form, or what was wrong with it. */
export async function readSignIn(
  context: RequestContext,
  authenticate: Authenticate,
  form: RequestParameters,
): Promise<AuthenticatedPerson | SignInProblem> {
  const { server, request, requestId } = context
  const username = form.get('username') ?? ''
  const password = form.get('password') ?? ''
  if (username === '' || password === '') return { username, problem: 'missingCredentials' }
  const wait = await findWait(context, username)
  if (wait !== undefined) return { username, problem: 'tooManySignIns', retryAfter: wait }
  const person = await authenticate({ username, password, request })
  // Databases often answer null.
  if (person) return person
  server.emit('login.failed', { requestId })
  return { username, problem: 'wrongCredentials' }
}

/** How long to wait before the next password is looked at, where too many were tried. */
async function findWait(context: RequestContext, account: string): Promise<Seconds | undefined> {
  try {
    await context.server.checkRateLimit({ kind: 'login', account, ...attemptOf(context) })
    return undefined
  } catch (error) {
    if (!(error instanceof OAuth2Error) || error.retryAfter === undefined) throw error
    return error.retryAfter
  }
}
