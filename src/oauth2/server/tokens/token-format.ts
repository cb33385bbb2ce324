export { createToken, DEFAULT_TOKEN_PREFIX, isIntactToken, isTokenPrefix, type TokenKind } from '../../token-format.ts'
