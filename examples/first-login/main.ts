import { startApp } from './app.ts'
import { check } from './check.ts'
import { choosePort } from './listen.ts'
import { type Options, readOptions, usage } from './options.ts'
import { startProvider } from './provider.ts'
import { loadSecrets } from './secrets.ts'
import { people } from './users.ts'

async function demo(options: Options): Promise<void> {
  const data = options.data ?? '.data/first-login.db'
  const providerPort = await choosePort(options.providerPort)
  const appPort = await choosePort(options.appPort)
  const providerUrl = `http://localhost:${providerPort}`
  const appUrl = `http://localhost:${appPort}`
  const secrets = await loadSecrets(data)
  const stopProvider = await startProvider({ port: providerPort, appUrl, data, secrets })
  const stopApp = await startApp({ port: appPort, providerUrl, secrets })

  console.log(`
  Open  ${appUrl}
  and sign in as
${people.map(({ username, password }) => `        ${username.padEnd(6)} with the password  ${password}`).join('\n')}

  The OpenID provider is at ${providerUrl}, its data in ${data}.
  Press Ctrl+C to stop.
`)

  const stop = async () => {
    await Promise.all([stopApp(), stopProvider()])
    process.exit()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(usage)
  else if (options.check) process.exitCode = (await check(options)) ? 0 : 1
  else await demo(options)
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
