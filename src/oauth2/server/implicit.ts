/** The implicit grant: an import of its own, so that nobody has it who did not ask for it by name. */
export { ImplicitGrant } from './grants/implicit.ts'
