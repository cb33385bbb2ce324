export { jwtTokenId, tokenId } from '../../token-id.ts'
