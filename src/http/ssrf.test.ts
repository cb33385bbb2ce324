import { EventEmitter, once } from 'node:events'
import { globalAgent, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { listen, type Running } from '../../test/support/listen.ts'
import { FetchError } from './fetch-error.ts'
import type { Resolve } from './node-fetch.ts'
import { isPublicAddress } from './public-address.ts'
import { type GuardedFetchOptions, guardedFetch } from './ssrf.ts'

/** A name server that the one who registers a client holds in their hands. */
function resolveTo(...addresses: string[]): Resolve {
  return (_hostname, _options, found) =>
    found(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
}

async function codeOf(url: string, options?: GuardedFetchOptions): Promise<string> {
  try {
    return String((await guardedFetch(options)({ url })).status)
  } catch (error) {
    if (error instanceof FetchError) return error.code
    throw error
  }
}

describe('RFC 6890 §2.2, §2.2.2 special-purpose addresses', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.168.1.1',
    '198.19.255.255',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '2001:db8::1',
    '2001::1',
    '2002:a00:1::',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '999.1.1.1',
    'name.example',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '223.255.255.255',
    '::ffff:1.1.1.1',
    '64:ff9b::101:101',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80b::200e',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
})

describe('CVE-2026-22752: a URL from client metadata does not lead into the own network', () => {
  it.each([
    ['http://keys.example/', 'insecure'],
    ['file:///etc/passwd', 'insecure'],
    ['https://user@keys.example/', 'insecure'],
    ['no url', 'insecure'],
    ['https://127.0.0.1/', 'private_address'],
    ['https://2130706433/', 'private_address'],
    ['https://0x7f.1/', 'private_address'],
    ['https://169.254.169.254/latest/meta-data', 'private_address'],
    ['https://[::1]/', 'private_address'],
    ['https://[::ffff:10.0.0.1]/', 'private_address'],
    ['https://localhost/', 'private_address'],
    ['https://keys.localhost/', 'private_address'],
  ])('refuses %s before anything is resolved: %s', async (url, code) => {
    const resolve = vi.fn<Resolve>()
    expect(await codeOf(url, { resolve })).toBe(code)
    expect(resolve).not.toHaveBeenCalled()
  })

  it.each([
    ['a private address', ['10.0.0.1']],
    ['a private address among public ones', ['1.1.1.1', '10.0.0.1']],
    ['an address of IPv4 within IPv6', ['::ffff:127.0.0.1']],
  ])('refuses a name that resolves to %s', async (_, addresses) => {
    expect(await codeOf('https://keys.example/jwks', { resolve: resolveTo(...addresses) })).toBe('private_address')
  })

  it('takes a name without address, and one that cannot be resolved, for a failure of the network', async () => {
    expect(await codeOf('https://keys.example/jwks', { resolve: resolveTo() })).toBe('network')
    const fails: Resolve = (_hostname, _options, found) => found(new Error('ENOTFOUND'), [])
    expect(await codeOf('https://keys.example/jwks', { resolve: fails })).toBe('network')
  })

  it('names neither path nor query in its message', async () => {
    const failing = guardedFetch()({ url: 'https://10.0.0.1/?secret=1' })
    await expect(failing).rejects.toThrow(
      'GET https://10.0.0.1/ is not allowed: the host is on this machine or in a private network',
    )
  })
})

describe('a guarded fetch that may ask private addresses', () => {
  let server: Running
  const arrived = new EventEmitter()
  beforeAll(async () => {
    server = await listen(() => (request, response) => {
      arrived.emit('request', request)
      if (request.url === '/slow') return
      const status = { '/redirect': 302, '/none': 204, '/odd': 999 }[request.url ?? ''] ?? 200
      response.writeHead(status, { 'x-method': request.method })
      // Whoever hangs up on these, it is not the server.
      if (request.url === '/none' || request.url === '/odd') return response.flushHeaders()
      response.end(status === 200 ? 'found'.repeat(request.url === '/large' ? 20_000 : 1) : undefined)
    })
  })
  afterAll(() => server.close())

  const options = { allowPrivateAddresses: true }

  it('answers as fetch does', async () => {
    const { status, headers, body } = await guardedFetch(options)({ url: `${server.origin}/` })
    expect([status, new TextDecoder().decode(body)]).toEqual([200, 'found'])
    expect(headers).toContainEqual(['x-method', 'GET'])
  })

  it('connects to the address that was found, and asks once', async () => {
    const resolve = vi.fn(resolveTo('127.0.0.1'))
    const url = server.origin.replace('127.0.0.1', 'localhost')
    expect(await codeOf(url, { ...options, resolve })).toBe('200')
    expect(resolve).toHaveBeenCalledTimes(1)
  })

  it('uses no connection that somebody else opened, to an address that was not checked', async () => {
    const url = server.origin.replace('127.0.0.1', 'localhost')
    const [response] = await once(request(url, { family: 4 }).end(), 'response')
    await once(response.resume(), 'end')
    const resolve = vi.fn(resolveTo('127.0.0.1'))
    expect(await codeOf(url, { ...options, resolve })).toBe('200')
    expect(resolve).toHaveBeenCalledTimes(1)
    globalAgent.destroy()
  })

  it.each([
    ['/redirect', 'redirect'],
    ['/large', 'too_large'],
    ['/none', '204'],
    ['/odd', 'network'],
  ])('%s: %s', async (path, code) => {
    expect(await codeOf(server.origin + path, options)).toBe(code)
  })

  it.each(['/none', '/odd'])('hangs up when there is nothing to read: %s', async (path) => {
    const hungUp = once(arrived, 'request').then(([request]) => once(request.socket, 'close'))
    await codeOf(server.origin + path, options)
    await hungUp
  })

  it('hangs up when it is aborted', async () => {
    const abort = new AbortController()
    const hungUp = once(arrived, 'request').then(([request]) => {
      abort.abort(new Error('enough'))
      return once(request.socket, 'close')
    })
    await expect(guardedFetch(options)({ url: `${server.origin}/slow`, signal: abort.signal })).rejects.toThrow(
      'enough',
    )
    await hungUp
  })

  it('still does not send anything over plain http to another machine', async () => {
    expect(await codeOf('http://keys.example/', options)).toBe('insecure')
  })
})

describe('without the modules of Node', () => {
  it('uses the fetch of the platform', async () => {
    const fetch = vi.fn(async () => new Response('{}'))
    vi.stubGlobal('fetch', fetch)
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
    expect(await codeOf('https://keys.example/jwks')).toBe('200')
    expect(await codeOf('https://10.0.0.1/jwks')).toBe('private_address')
    expect(fetch).toHaveBeenCalledTimes(1)
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })
})
