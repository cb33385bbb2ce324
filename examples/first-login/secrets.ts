import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KeySet } from 'authwright/jose/jwks'

export interface Secrets {
  /** What the provider signs tokens with. */
  keys: KeySet
  /** Protects what the provider's pages send through the browser. */
  pages: string
  /** Protects the app's cookies. */
  cookies: string
  /** Known to the app and, as a hash, to the provider. */
  clientSecret: string
}

/**
 * The secrets that belong to a database, from a file next to it that only its owner can read. They are made when there
 * are none, and have to outlive a restart, or everybody would be signed out. In production they come from a vault.
 */
export async function loadSecrets(database: string): Promise<Secrets> {
  const file = `${database}.secrets.json`
  await mkdir(dirname(file), { recursive: true })
  const { keys, pages, cookies, clientSecret } = JSON.parse((await read(file)) ?? (await create(file)))
  return { keys: await KeySet.import(keys), pages, cookies, clientSecret }
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
}

async function create(file: string): Promise<string> {
  const keys = await KeySet.generate(['ES256', 'RS256'])
  const secrets = { keys: keys.toPrivateJwks(), pages: randomText(), cookies: randomText(), clientSecret: randomText() }
  const text = JSON.stringify(secrets)
  await writeFile(file, text, { mode: 0o600, flag: 'wx' })
  return text
}

function randomText(): string {
  return randomBytes(32).toString('base64url')
}
