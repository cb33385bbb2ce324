import { describe, expect, it, vi } from 'vitest'
import { Emitter } from './events.ts'
import { silentLogger } from './logger.ts'

interface Events {
  issued: { id: string }
  revoked: { id: string }
}

function emitter() {
  const error = vi.fn()
  return { error, events: new Emitter<Events>({ ...silentLogger, error }) }
}

describe('Emitter', () => {
  it('tells those who listen to that event, in order', () => {
    const { events } = emitter()
    const heard: string[] = []
    events.on('issued', ({ id }) => void heard.push(`first ${id}`))
    events.on('issued', ({ id }) => void heard.push(`second ${id}`))
    events.on('revoked', ({ id }) => void heard.push(`other ${id}`))
    events.emit('issued', { id: '1' })
    expect(heard).toEqual(['first 1', 'second 1'])
  })

  it('stops telling who left, even while it is telling', () => {
    const { events } = emitter()
    const heard: string[] = []
    const leave = events.on('issued', () => {
      heard.push('once')
      leave()
    })
    events.emit('issued', { id: '1' })
    events.emit('issued', { id: '2' })
    expect(heard).toEqual(['once'])
  })

  it('knows whether anybody listens', () => {
    const { events } = emitter()
    expect(events.hasListeners('issued')).toBe(false)
    const end = events.on('issued', () => undefined)
    expect([events.hasListeners('issued'), events.hasListeners('revoked')]).toEqual([true, false])
    end()
    expect(events.hasListeners('issued')).toBe(false)
  })

  it('reports a listener that throws and tells the others', () => {
    const { events, error } = emitter()
    const failure = new Error('broken')
    const other = vi.fn()
    events.on('issued', () => {
      throw failure
    })
    events.on('issued', other)
    events.emit('issued', { id: '1' })
    expect(other).toHaveBeenCalledOnce()
    expect(error).toHaveBeenCalledExactlyOnceWith('event listener failed', { event: 'issued', error: failure })
  })

  it('reports a listener whose promise rejects', async () => {
    const { events, error } = emitter()
    const failure = new Error('broken later')
    events.on('issued', () => Promise.reject(failure))
    events.emit('issued', { id: '1' })
    await vi.waitFor(() => {
      expect(error).toHaveBeenCalledExactlyOnceWith('event listener failed', { event: 'issued', error: failure })
    })
  })
})
