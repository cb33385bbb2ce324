import { createRequire, register } from 'node:module'
import { MessageChannel } from 'node:worker_threads'

/** Imports one module and says what that took. Counting the modules takes time itself, and is a mode of its own. */
const [entry = '', mode] = process.argv.slice(2)
const urls = new Set<string>()
const { port1, port2 } = new MessageChannel()

if (mode === 'counting') {
  port1.on('message', (url: string) => urls.add(url))
  const hooks = `
    let port
    export function initialize(data) { port = data }
    export function load(url, context, next) {
      if (!url.startsWith('node:')) port.postMessage(url)
      return next(url, context)
    }`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: port2, transferList: [port2] })
}

const memory = process.memoryUsage().rss
const start = performance.now()
await import(entry)
const milliseconds = performance.now() - start
const mebibytes = (process.memoryUsage().rss - memory) / 2 ** 20

// Messages of the hooks come from another thread.
await new Promise((resolve) => setTimeout(resolve, mode === 'counting' ? 200 : 0))
const required = Object.keys(createRequire(import.meta.url).cache)
const modules = new Set([...urls].map((url) => url.replace('file://', '')).concat(required))
process.stdout.write(JSON.stringify({ milliseconds, mebibytes, modules: modules.size }))
process.exit()
