import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import express from 'express'
import { oauthServer as expressServer } from '../../../src/adapters/express.ts'
import { oauthServer as nodeServer } from '../../../src/adapters/node.ts'
import type { OAuthServer } from '../../../src/adapters/shared/server.ts'
import { oauthServer as webServer } from '../../../src/adapters/web.ts'

/** A way to put a server on the network, through one of the adapters. */
export interface Host {
  readonly name: string
  /** Below which path the server is. */
  readonly mountedAt: string
  /** Whether the app behind gets what is not the server's. */
  readonly passesOn: boolean
  listener(server: OAuthServer): RequestListener
}

export const hosts: readonly Host[] = [
  {
    name: 'web',
    mountedAt: '',
    passesOn: false,
    listener: (server) => fetchListener(webServer(server)),
  },
  {
    name: 'node',
    mountedAt: '',
    passesOn: false,
    listener: (server) => nodeServer(server),
  },
  {
    name: 'express',
    mountedAt: '',
    passesOn: true,
    listener: (server) => express().use(appCookie, expressServer(server)).use(appAnswer),
  },
  {
    name: 'express behind body parsers',
    mountedAt: '',
    passesOn: true,
    listener: (server) =>
      express()
        .use(express.json(), express.urlencoded({ extended: true }), appCookie, expressServer(server))
        .use(appAnswer),
  },
  {
    name: 'express behind a parser of other bodies that sets an empty one, as in Express 4',
    mountedAt: '',
    passesOn: true,
    listener: (server) =>
      express()
        .use((request, _response, next) => {
          request.body = request.body ?? {}
          next()
        })
        .use(express.json(), appCookie, expressServer(server))
        .use(appAnswer),
  },
  {
    name: 'express behind a parser that keeps the text',
    mountedAt: '',
    passesOn: true,
    listener: (server) =>
      express()
        .use(express.text({ type: '*/*' }), appCookie, expressServer(server))
        .use(appAnswer),
  },
  {
    name: 'express behind a parser that keeps the bytes, mounted',
    mountedAt: '/op',
    passesOn: true,
    listener: (server) =>
      express()
        .use(express.raw({ type: '*/*' }), appCookie)
        .use('/op', expressServer(server))
        .use(appAnswer),
  },
]

/** The program around the server has a cookie of its own, and says so on every response. */
const appCookie: express.RequestHandler = (_request, response, next) => {
  response.cookie('app', 'kept')
  response.vary('Accept')
  next()
}

const appAnswer: express.RequestHandler = (_request, response) => {
  response.status(200).send('the app')
}

/** What platforms with `Request` and `Response` do, done with Node. */
export function fetchListener(handler: (request: Request) => Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    const headers = new Headers()
    for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
      headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '')
    }
    const hasBody = incoming.method !== 'GET' && incoming.method !== 'HEAD'
    const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers,
      ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
    })
    handler(request).then(async (response) => {
      outgoing.statusCode = response.status
      for (const [name, value] of response.headers) outgoing.appendHeader(name, value)
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    }, outgoing.destroy)
  }
}
