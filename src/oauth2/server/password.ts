/** The password grant: an import of its own, so that nobody has it who did not ask for it by name. */
export { type PasswordAttempt, PasswordGrant, type PasswordGrantOptions } from './grants/password.ts'
