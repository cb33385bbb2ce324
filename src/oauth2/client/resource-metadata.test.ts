import { describe, expect, it } from 'vitest'
import { answer } from '../../../test/support/stub-provider.ts'
import type { OutgoingResponse } from '../../http/fetch.ts'
import { fetchResourceMetadata } from './resource-metadata.ts'

const METADATA_URL = 'https://api.example/.well-known/oauth-protected-resource'
const described = { resource: 'https://api.example', authorization_servers: ['https://op.example'] }

function setUp(response: OutgoingResponse | object = described) {
  const asked: string[] = []
  const reply = 'status' in response ? response : answer(200, response)
  const via = (name: string) => async (request: { url: string }) => {
    asked.push(`${name} ${request.url}`)
    return reply
  }
  return { asked, options: { transport: via('own'), foreignTransport: via('foreign') } }
}

describe('RFC 9728 §3.1 the description of an API', () => {
  it.each([
    ['https://api.example', METADATA_URL],
    ['https://api.example/', METADATA_URL],
    ['https://api.example/v1', `${METADATA_URL}/v1`],
    ['https://api.example/v1?tenant=a', `${METADATA_URL}/v1?tenant=a`],
  ])('of %s is at %s', async (resource, url) => {
    const { asked, options } = setUp({ ...described, resource })
    expect(await fetchResourceMetadata(resource, options)).toEqual({ ...described, resource })
    expect(asked).toEqual([`own ${url}`])
  })

  it('RFC 9728 §3.3: is about the one that was asked about, character by character', async () => {
    const { options } = setUp()
    await expect(fetchResourceMetadata('https://api.example/v1', options)).rejects.toMatchObject({
      code: 'resource_mismatch',
      stage: 'discovery',
      parameter: 'resource',
      message: '"resource" in the API metadata mismatch: expected the API that was asked about',
    })
    await expect(fetchResourceMetadata('https://api.example/', options)).rejects.toMatchObject({
      code: 'resource_mismatch',
    })
  })

  it.each([
    [{}, 'metadata_invalid', '"resource" in the API metadata is missing or invalid: expected a URL'],
    [
      { ...described, authorization_servers: ['http://op.example'] },
      'metadata_invalid',
      '"authorization_servers" in the API metadata is missing or invalid: expected a list of https URLs',
    ],
    [{ ...described, authorization_servers: 'https://op.example' }, 'metadata_invalid', '"authorization_servers"'],
    [{ ...described, scopes_supported: 'read' }, 'metadata_invalid', '"scopes_supported"'],
    [answer(404, {}), 'discovery_failed', 'API did not answer with its metadata'],
    [answer(200, '<html>', 'text/html'), 'metadata_invalid', 'something other than application/json'],
  ])('case %#: is as it should be', async (response, code, message) => {
    const { options } = setUp(response)
    await expect(fetchResourceMetadata('https://api.example', options)).rejects.toMatchObject({
      code,
      stage: 'discovery',
      message: expect.stringContaining(message),
    })
  })

  it.each(['http://api.example', 'api.example', '/v1'])('is not asked for in the clear: %s', async (resource) => {
    const { asked, options } = setUp()
    await expect(fetchResourceMetadata(resource, options)).rejects.toThrow(
      'fetchResourceMetadata: "resource" must be an absolute URL with https',
    )
    expect(asked).toEqual([])
  })
})

describe('RFC 9728 §5 a description that the API points to', () => {
  const read = (called: string, resource: string) =>
    fetchResourceMetadata(called, { ...setUp({ ...described, resource }).options, metadataUrl: METADATA_URL })

  it.each([
    ['https://api.example/v1/files?page=2', 'https://api.example'],
    ['https://api.example/v1/files', 'https://api.example/'],
    ['https://api.example/v1/files', 'https://api.example/v1'],
    ['https://api.example/v1/files', 'https://api.example/v1/'],
    ['https://api.example/v1', 'https://api.example/v1'],
    ['https://api.example/v1?tenant=a', 'https://api.example/v1?tenant=a'],
  ])('for a call of %s may be about %s', async (called, resource) => {
    expect(await read(called, resource)).toMatchObject({ resource })
  })

  it.each([
    ['https://api.example/v1', 'https://other.example'],
    ['https://api.example/v1', 'https://api.example:8443/v1'],
    ['https://api.example/v1', 'http://api.example/v1'],
    ['https://api.example/v10', 'https://api.example/v1'],
    ['https://api.example/v1', 'https://api.example/v1/files'],
    ['https://api.example/v1?tenant=b', 'https://api.example/v1?tenant=a'],
    ['https://api.example/v1', 'https://user@api.example/v1'],
    ['https://api.example/v1', 'https://:password@api.example/v1'],
    ['https://api.example/v1', 'https://api.example/v1#x'],
    ['https://api.example/v1', 'api'],
  ])('for a call of %s must not be about %s', async (called, resource) => {
    await expect(read(called, resource)).rejects.toMatchObject({ code: 'resource_mismatch' })
  })

  it('is fetched with care where the API points to another host', async () => {
    const { asked, options } = setUp()
    const metadataUrl = 'https://elsewhere.example/metadata'
    await fetchResourceMetadata('https://api.example/v1', { ...options, metadataUrl })
    expect(asked).toEqual([`foreign ${metadataUrl}`])
  })

  it.each(['https://169.254.169.254/latest', 'http://127.0.0.1:9200/', 'https://localhost/x'])(
    'is not fetched from %s',
    async (metadataUrl) => {
      await expect(fetchResourceMetadata('https://api.example/v1', { metadataUrl })).rejects.toMatchObject({
        code: 'insecure_endpoint',
        stage: 'discovery',
      })
    },
  )
})
