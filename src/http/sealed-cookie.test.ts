import { describe, expect, it } from 'vitest'
import { fromFetch } from './request.ts'
import { SealedCookie } from './sealed-cookie.ts'

const secret = 'a secret of at least thirty-two bytes'
let time = 1_800_000_000_000
const clock = () => time

const cookie = new SealedCookie<{ name: string }>('app', { secret, lifetime: '1h', clock })
const from = (header: string) => fromFetch(new Request('https://app.example/', { headers: { cookie: header } }))
const pair = (setCookie: string) => setCookie.split(';')[0] ?? ''

describe('SealedCookie', () => {
  it('gives back what was written', async () => {
    const [name, value] = await cookie.write({ name: 'Ada' })
    expect(name).toBe('set-cookie')
    expect(value).toMatch(/^__Host-app=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure$/)
    expect(await cookie.read(from(pair(value)))).toEqual({ name: 'Ada' })
  })

  it('has no prefix on plain http', async () => {
    const local = new SealedCookie<string>('app', { secret, lifetime: 60, secure: false })
    const [, value] = await local.write('x')
    expect(value).toMatch(/^app=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=60$/)
    expect(await local.read(from(pair(value)))).toBe('x')
  })

  it('reads nothing from no cookie, from a changed one and from one of another name', async () => {
    const [, value] = await cookie.write({ name: 'Ada' })
    const other = new SealedCookie<object>('other', { secret, lifetime: '1h' })
    const [, foreign] = await other.write({ name: 'Eve' })
    expect(await cookie.read(from(''))).toBeUndefined()
    expect(await cookie.read(from(pair(value).slice(0, -1)))).toBeUndefined()
    expect(await cookie.read(from(pair(foreign).replace('other', 'app')))).toBeUndefined()
  })

  it('expires at the server too', async () => {
    const [, value] = await cookie.write({ name: 'Ada' })
    time += 3_599_000
    expect(await cookie.read(from(pair(value)))).toEqual({ name: 'Ada' })
    time += 1000
    expect(await cookie.read(from(pair(value)))).toBeUndefined()
  })

  it('reads what a former secret has written', async () => {
    const rotated = new SealedCookie('app', {
      secret: ['another secret of at least 32 bytes', secret],
      lifetime: '1h',
      clock,
    })
    const [, value] = await cookie.write({ name: 'Ada' })
    expect(await rotated.read(from(pair(value)))).toEqual({ name: 'Ada' })
  })

  it('clears itself', () => {
    expect(cookie.clear()).toEqual(['set-cookie', '__Host-app=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure'])
  })

  it('refuses what no browser keeps', async () => {
    await expect(cookie.write({ name: 'x'.repeat(4096) })).rejects.toThrow('cookie must not be longer than 4096 bytes')
  })
})
