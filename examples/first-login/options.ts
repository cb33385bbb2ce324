import { parseArgs } from 'node:util'

export interface Options {
  providerPort: number
  appPort: number
  /** The SQLite file, if one was named. */
  data: string | undefined
  check: boolean
  help: boolean
}

export const usage = `Usage: npm run demo -- [options]

Starts an OpenID provider and a web app that signs people in with it.

  --provider-port PORT   port of the provider (default 4400; with --check any free one)
  --app-port PORT        port of the app (default 4401; with --check any free one)
  --data FILE            SQLite file of the provider (default .data/first-login.db; with --check a temporary one)
  --check                sign in, restart the provider, sign out; say what worked, and exit
  --help                 show this
`

/** Reads the command line. Throws an `Error` whose message says what is wrong with it. */
export function readOptions(args: string[]): Options {
  const { check, help, data, ...ports } = parse(args)
  return {
    providerPort: toPort('--provider-port', ports['provider-port'], check ? 0 : 4400),
    appPort: toPort('--app-port', ports['app-port'], check ? 0 : 4401),
    data,
    check,
    help,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        'provider-port': { type: 'string' },
        'app-port': { type: 'string' },
        data: { type: 'string' },
        check: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split('. ') : []
    throw new Error(`${reason}: see --help`)
  }
}

function toPort(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new Error(`${flag} must be a port: a number from 0 (any free one) to 65535`)
  return port
}
