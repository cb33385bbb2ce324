import { request } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { listen } from '../../test/support/listen.ts'
import { defaultTransport } from './default-transport.ts'

afterEach(() => vi.unstubAllGlobals())

const textOf = async (response: ReturnType<ReturnType<typeof defaultTransport>>): Promise<string> =>
  new TextDecoder().decode((await response).body)

/** Node's fetch says so of itself; node:http says nothing. */
async function agentSeenBy(use: (url: string) => Promise<string>): Promise<string> {
  const { origin, close } = await listen(
    () => (incoming, response) => response.end(incoming.headers['sec-fetch-mode'] ?? 'none'),
  )
  return use(origin).finally(close)
}

describe('defaultTransport', () => {
  it('goes over node:http on Node', async () => {
    expect(request).toBeTypeOf('function')
    expect(await agentSeenBy((url) => textOf(defaultTransport()({ url })))).toBe('none')
  })

  it.each([
    [
      'Bun',
      { process: { ...process, versions: { node: '22', bun: '1' }, getBuiltinModule: process.getBuiltinModule } },
    ],
    ['Deno', { process: { versions: { node: '22', deno: '2' }, getBuiltinModule: process.getBuiltinModule } }],
    ['a runtime without Node’s modules', { process: undefined }],
    ['workerd', { navigator: { userAgent: 'Cloudflare-Workers' } }],
  ])('goes over fetch on %s', async (_, globals) => {
    const transport = defaultTransport()
    const mode = agentSeenBy(async (url) => {
      for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
      return textOf(transport({ url })).finally(() => vi.unstubAllGlobals())
    })
    expect(await mode).toBe('cors')
  })

  it('goes over the fetch that a program has put in the place of the platform’s', async () => {
    const transport = defaultTransport()
    vi.stubGlobal('fetch', async () => new Response('mocked'))
    expect(await textOf(transport({ url: 'https://op.example/' }))).toBe('mocked')
  })

  it('keeps its limits either way', async () => {
    const transport = defaultTransport({ maxBytes: 3 })
    const { origin, close } = await listen(() => (_, response) => response.end('long'))
    await expect(transport({ url: origin })).rejects.toMatchObject({ code: 'too_large' })
    await close()
    vi.stubGlobal('fetch', async () => new Response('long'))
    await expect(transport({ url: 'https://op.example/' })).rejects.toMatchObject({ code: 'too_large' })
  })
})
