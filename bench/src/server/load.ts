import { connect } from 'node:net'
import { startProcessorShare } from '../processor-share.ts'
import { findScenario } from './scenarios/index.ts'

/*
 * The load, in a process of its own: `node load.js <scenario> <port> <context as JSON>`. Each connection goes through the steps of the scenario, over and over, and sends the next request when the last one is
 * answered. It reads no more of HTTP than it needs, so that one core is enough to keep the other one busy.
 */

const connections = 32
const [name, port, context = '{}'] = process.argv.slice(2)
const steps = findScenario(name).steps(JSON.parse(context))

/** How often a connection came to the end of the steps. */
let rounds = 0

function fail(problem: string): never {
  console.error(`load: ${problem}`)
  process.exit(1)
}

/** How long the answer at the start of this text is, or nothing while it is not all there. */
function answerLength(received: string): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(received.slice(0, headEnd + 2)) ?? fail('no content-length')
  const end = headEnd + 4 + Number(length)
  return received.length < end ? undefined : end
}

function open(): void {
  let received = ''
  let position = 0
  const socket = connect(Number(port), '127.0.0.1')
  const send = (previous: string): void => {
    const { request = '' } = steps[position] ?? {}
    socket.write(typeof request === 'string' ? request : request(previous))
  }
  const check = (answer: string): void => {
    const status = Number(answer.slice('HTTP/1.1 '.length, 12))
    if (steps[position]?.statuses.includes(status) !== true) fail(`not what was expected: ${answer.slice(0, 400)}`)
  }
  socket.setNoDelay(true).setEncoding('latin1')
  socket.on('connect', () => send(''))
  socket.on('error', (error) => fail(error.message))
  socket.on('close', () => fail('a connection was closed'))
  socket.on('data', (chunk: string) => {
    received += chunk
    const length = answerLength(received)
    if (length === undefined) return
    const answer = received.slice(0, length)
    received = received.slice(length)
    check(answer)
    position = (position + 1) % steps.length
    if (position === 0) rounds += 1
    send(answer)
  })
}

let start = { at: 0, rounds: 0, busy: startProcessorShare() }

/** The process that started this one says from when to count, and when to tell. */
function onMessage(message: unknown): void {
  if (message === 'count') start = { at: performance.now(), rounds, busy: startProcessorShare() }
  else
    process.send?.({
      rounds: rounds - start.rounds,
      seconds: (performance.now() - start.at) / 1000,
      busy: start.busy(),
    })
}

/** By hand, for a profile: it says each second how much was answered. */
function sayEachSecond(): void {
  let before = 0
  setInterval(() => {
    console.log(`${rounds - before} per second`)
    before = rounds
  }, 1000)
}

if (process.send === undefined) sayEachSecond()
else process.on('message', onMessage).on('disconnect', () => process.exit())
for (let index = 0; index < connections; index++) open()
