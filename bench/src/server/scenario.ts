/** What a server says about itself, or was found out before the load: a token, a cookie. */
export type Context = Readonly<Record<string, string>>

/** One request of the load and what has to come back. */
export interface Step {
  /** Ready to send, or made of the answer to the step before. */
  readonly request: string | ((previous: string) => string)
  readonly statuses: readonly number[]
}

/** At least this times as fast as another contestant. */
export interface ScenarioGoal {
  readonly contestant: string
  readonly against: string
  readonly atLeast: number
}

/** A kind of request, and who answers it. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Contestants, by what they are called, and their modules in `servers`; the first is what the others are measured by. */
  readonly contestants: Readonly<Record<string, string>>
  readonly goals: readonly ScenarioGoal[]
  /**
   * Makes ready what the load sends: signs in, gets a token.
   *
   * @throws Error where the server does not do what it is measured for: the right answer, and none to a wrong secret.
   */
  prepare(origin: string, context: Context): Promise<Context>
  /** What each connection sends over and over. */
  steps(context: Context): readonly Step[]
}

/** A request of HTTP/1.1 as its bytes. */
export function rawRequest(method: string, target: string, headers: Context, body = ''): string {
  const length =
    body === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length }
  const lines = Object.entries({ host: '127.0.0.1', ...headers, ...length }).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${target} HTTP/1.1`, ...lines, '', body].join('\r\n')
}

export function expect(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(`The server ${sentence}`)
}

export function member(document: unknown, name: string): unknown {
  return typeof document === 'object' && document !== null ? Reflect.get(document, name) : undefined
}
