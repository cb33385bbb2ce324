export { AuthorizationServer } from './authorization-server.ts'
