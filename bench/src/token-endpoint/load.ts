import { connect } from 'node:net'
import { startProcessorShare } from '../processor-share.ts'
import { basic, clientSecret, form, path } from './subject.ts'

/*
 * The load, in a process of its own: `node load.js <port> <seconds of warm-up> <seconds>`. Each connection sends the next
 * request when the last one is answered. It reads no more of HTTP than it needs, so that one core is enough to keep the
 * other one busy.
 */

const connections = 32
const [port = 0, warmUp = 0, duration = 0] = process.argv.slice(2).map(Number)

const request = [
  `POST ${path} HTTP/1.1`,
  `Host: 127.0.0.1:${port}`,
  `Authorization: ${basic(clientSecret)}`,
  'Content-Type: application/x-www-form-urlencoded',
  `Content-Length: ${form.length}`,
  '',
  form,
].join('\r\n')

let answered = 0

function fail(problem: string): never {
  console.error(`load: ${problem}`)
  process.exit(1)
}

/** How long the answer at the start of this text is, or nothing while it is not all there. */
function answerLength(received: string): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  if (!received.startsWith('HTTP/1.1 200 ')) fail(`not answered with 200: ${received.slice(0, 200)}`)
  const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(received.slice(0, headEnd + 2)) ?? fail('no content-length')
  const end = headEnd + 4 + Number(length)
  return received.length < end ? undefined : end
}

function open(): void {
  let received = ''
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true).setEncoding('latin1')
  socket.on('connect', () => socket.write(request))
  socket.on('error', (error) => fail(error.message))
  socket.on('close', () => fail('a connection was closed'))
  socket.on('data', (chunk: string) => {
    received += chunk
    const length = answerLength(received)
    if (length === undefined) return
    received = received.slice(length)
    answered += 1
    socket.write(request)
  })
}

function startWindow(): void {
  const start = { at: performance.now(), answered }
  const busy = startProcessorShare()
  process.send?.({ measuring: true })
  setTimeout(() => {
    const seconds = (performance.now() - start.at) / 1000
    report({ requests: answered - start.answered, seconds, busy: busy() })
  }, duration * 1000)
}

/** To the process that started this one, or to the person who did, and ends. */
function report(result: object): void {
  if (process.send !== undefined) process.send(result, () => process.exit())
  else {
    console.log(result)
    process.exit()
  }
}

process.on('disconnect', () => process.exit())
for (let index = 0; index < connections; index++) open()
setTimeout(startWindow, warmUp * 1000)
