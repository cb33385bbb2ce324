export * from './jwk/index.ts'
export * from './jwks/index.ts'
export * from './jws/index.ts'
export * from './jwt/index.ts'
