import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { listen, type Running } from '../../test/support/listen.ts'
import { fromNode, oauthServer, toNode } from './node.ts'

let running: Running | undefined
afterEach(() => running?.close())

async function serve(listener: RequestListener): Promise<string> {
  running = await listen(() => listener)
  return running.origin
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

describe('oauthServer on node:http', () => {
  it('answers 500 to what a server should not have thrown, and lives on', async () => {
    const origin = await serve(oauthServer({ handle: () => Promise.reject(new Error('not a response')) }))
    expect((await fetch(origin)).status).toBe(500)
    expect((await fetch(origin)).status).toBe(500)
  })

  it('answers 500 to a response that cannot be written', async () => {
    const headers = [['x-broken', 'a\r\nb']] as const
    const origin = await serve(oauthServer({ handle: async () => ({ status: 200, headers }) }))
    expect((await fetch(origin)).status).toBe(500)
  })

  it('leaves it at what a time limit in front has answered', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const listener = oauthServer({ handle: async () => ({ status: 200, headers: [['x-late', '1']] }) })
    const origin = await serve((request, response) => {
      response.writeHead(503).end()
      listener(request, response)
    })
    expect((await fetch(origin)).status).toBe(503)
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
})

describe('fromNode', () => {
  it('reads a body that something in front has decoded', async () => {
    const origin = await serve(async (request, response) => {
      const parameters = await fromNode(request.setEncoding('latin1')).form()
      response.end(parameters.get('a'))
    })
    const body = new Blob([new Uint8Array([0x61, 0x3d, 0xc3, 0xa9])])
    expect(await (await fetch(origin, { method: 'POST', body, headers: form })).text()).toBe('é')
  })

  it.each([
    ['Content-Length', 'a=b'],
    ['Transfer-Encoding', new Blob(['a=b']).stream()],
  ])('RFC 9112 §6: says so when somebody has read the body that %s announced', async (_, body) => {
    const origin = await serve((request, response) => {
      request.resume().on('end', async () => {
        const outcome = Promise.resolve(fromNode(request).form())
        response.end(await outcome.then(String, (error: Error) => error.message))
      })
    })
    const init = { method: 'POST', body, headers: form, duplex: 'half' }
    const response = await fetch(origin, init)
    expect(await response.text()).toBe('request body was already read, and what read it left no "body"')
  })

  it('RFC 9112 §6: finds no body where there is none, whoever has looked', async () => {
    const origin = await serve((request, response) => {
      request.resume().on('end', async () => {
        const parameters = await fromNode(request).form()
        response.end(`names: ${parameters.names().length}`)
      })
    })
    expect(await (await fetch(origin, { method: 'POST', headers: form })).text()).toBe('names: 0')
  })

  it('takes what a parser made of nested names for no parameter', async () => {
    const origin = await serve(async (request, response) => {
      Object.assign(request, { body: { a: '1', b: { c: '2' }, d: ['3', '4'] } })
      const parameters = await fromNode(request).form()
      response.end(parameters.toString())
    })
    const response = await fetch(origin, { method: 'POST', body: 'x', headers: form })
    expect(await response.text()).toBe('a=1&d=3&d=4')
  })

  it('tells a body that ended early from one that is malformed', async () => {
    const incoming = createServer()
    const arrived = once(incoming, 'request')
    incoming.listen(0, '127.0.0.1')
    await once(incoming, 'listening')
    const { port } = incoming.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=b',
    )
    const [request] = await arrived
    const form = Promise.resolve(fromNode(request).form())
    socket.destroy()
    await expect(form).rejects.toMatchObject({ code: 'incomplete_body', status: 400 })
    incoming.close()
  })
})

describe('toNode', () => {
  it('keeps the cookies of the program and replaces its other headers', async () => {
    const origin = await serve((_request, response) => {
      response.setHeader('set-cookie', 'app=1').setHeader('cache-control', 'public').setHeader('vary', 'Accept')
      const headers = [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['cache-control', 'no-store'],
        ['vary', 'Cookie'],
        ['www-authenticate', 'Basic'],
        ['www-authenticate', 'Bearer'],
      ] as const
      toNode({ status: 401, headers, body: 'é' }, response)
    })
    const response = await fetch(origin)
    expect(response.headers.getSetCookie()).toEqual(['app=1', 'a=1', 'b=2'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('vary')).toBe('Accept, Cookie')
    expect(response.headers.get('www-authenticate')).toBe('Basic, Bearer')
    expect(response.headers.get('content-length')).toBe('2')
    expect(await response.text()).toBe('é')
  })

  it.each([
    ['GET', 303, '0'],
    ['HEAD', 200, null],
    ['GET', 204, null],
    ['GET', 304, null],
  ])(
    'RFC 9112 §6.3: says of an answer to %s with %i and no body that its length is %s',
    async (method, status, length) => {
      const origin = await serve((_request, response) => {
        toNode({ status, headers: [['location', 'https://app.example/']] }, response)
      })
      const { headers } = await fetch(origin, { method, redirect: 'manual' })
      expect([headers.get('content-length'), headers.get('transfer-encoding')]).toEqual([length, null])
      expect(headers.get('location')).toBe('https://app.example/')
    },
  )
})
