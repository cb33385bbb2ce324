import type { Store } from '../../../src/oauth2/server/store.ts'
import { type Mutant, pause } from './mutant.ts'

export const refreshTokenMutants: readonly Mutant[] = [
  {
    name: 'rotation finds the token, checks it and then writes',
    caughtBy: 'rotateRefreshToken: of sixteen callers one is done, and only its successors exist',
    mutate: (store) => ({
      async rotateRefreshToken(id, rotation) {
        const token = await store.findRefreshToken(id)
        await pause()
        if (token === undefined) return 'gone'
        if (token.rotated_at !== undefined) return 'replayed'
        const outcome = await store.rotateRefreshToken(id, rotation)
        if (outcome === 'replayed') await store.saveTokens(rotation.tokens)
        return 'done'
      },
    }),
  },
  {
    name: 'rotation marks the token first and writes its successor later',
    caughtBy: 'whoever sees that a token was rotated sees its answer and its successor as well',
    mutate: marksRefreshTokensFirst,
  },
  {
    name: 'a token is rotated although its successor was refused',
    caughtBy: 'a token whose successors cannot be written stays as it was',
    mutate: marksRefreshTokensFirst,
  },
  {
    name: 'the answer of a rotation is not kept whole',
    caughtBy: 'a rotated token is kept with the answer of its rotation, until it expires',
    mutate: (store) => ({
      rotateRefreshToken: (id, rotation) =>
        store.rotateRefreshToken(id, { ...rotation, successorResponse: rotation.successorResponse.slice(0, 255) }),
    }),
  },
  {
    name: 'a rotation in flight writes after the revocation',
    caughtBy: 'revocation wins against fifteen rotations in flight',
    mutate: (store) => {
      const late = new Set<string>()
      return {
        async rotateRefreshToken(id, rotation) {
          const token = await store.findRefreshToken(id)
          await pause()
          if (token === undefined) return 'gone'
          const outcome = await store.rotateRefreshToken(id, rotation)
          const { accessToken } = rotation.tokens
          if (outcome !== 'gone' || accessToken === undefined) return outcome
          late.add(accessToken.id)
          return 'done'
        },
        async findAccessToken(id) {
          return late.has(id)
            ? { id, client_id: '', scope: '', created_at: 0, expires_at: 0 }
            : store.findAccessToken(id)
        },
      }
    },
  },
  {
    name: 'a rotated token of a revoked grant still counts as replayed',
    caughtBy: 'a refresh token of a revoked grant is gone, rotated or not',
    mutate: (store) => {
      const rotated = new Set<string>()
      return {
        async rotateRefreshToken(id, rotation) {
          if (rotated.has(id)) return 'replayed'
          const outcome = await store.rotateRefreshToken(id, rotation)
          if (outcome === 'done') rotated.add(id)
          return outcome
        },
      }
    },
  },
  {
    name: 'refresh tokens do not expire',
    caughtBy: 'a refresh token disappears when it expires, and rotates into nothing',
    mutate: (store) => ({
      saveTokens({ refreshToken, ...tokens }) {
        if (refreshToken === undefined) return store.saveTokens(tokens)
        return store.saveTokens({
          ...tokens,
          refreshToken: { ...refreshToken, expires_at: refreshToken.expires_at * 2 },
        })
      },
    }),
  },
  {
    name: 'tokens are written whether or not the refresh token is known',
    caughtBy: 'an unknown refresh token is gone, and rotates into nothing',
    mutate: (store) => ({
      async rotateRefreshToken(id, rotation) {
        const outcome = await store.rotateRefreshToken(id, rotation)
        if (outcome === 'gone') await store.saveTokens(rotation.tokens)
        return outcome
      },
    }),
  },
  {
    name: 'a family can be rotated once',
    caughtBy: 'a successor is rotated in its turn',
    mutate: (store) => {
      const rotated = new Set<string>()
      return {
        async rotateRefreshToken(id, rotation) {
          const grantId = (await store.findRefreshToken(id))?.grant_id ?? ''
          if (rotated.has(grantId)) return 'replayed'
          const outcome = await store.rotateRefreshToken(id, rotation)
          if (outcome === 'done') rotated.add(grantId)
          return outcome
        },
      }
    },
  },
]

function marksRefreshTokensFirst(store: Store): Partial<Store> {
  return {
    async rotateRefreshToken(id, { tokens, ...rotation }) {
      const outcome = await store.rotateRefreshToken(id, { ...rotation, tokens: {} })
      await pause()
      return outcome !== 'done' || (await store.saveTokens(tokens)) ? outcome : 'gone'
    },
  }
}
