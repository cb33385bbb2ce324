import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import type { UserClaims } from 'authwright/oidc/server'
import type { SqliteDriver } from 'authwright/stores/sqlite'

/** Whom the demo knows when it starts for the first time. */
export const people = [
  { username: 'ada', password: 'analytical-engine', name: 'Ada Lovelace', email: 'ada@example.com' },
  { username: 'alan', password: 'universal-machine', name: 'Alan Turing', email: 'alan@example.com' },
] as const

interface User {
  subject: string
  username: string
  password_hash: string
  name: string
  email: string
}

/** A small table of users. Yours exists already: the provider only asks it two questions. */
export class Users {
  readonly #database: SqliteDriver

  constructor(database: SqliteDriver) {
    this.#database = database
    database.exec(`CREATE TABLE IF NOT EXISTS users (
      subject TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL
    )`)
    const insert = database.prepare('INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?, ?)')
    people.forEach(({ username, password, name, email }, index) => {
      insert.run(`user-${index + 1}`, username, hash(password), name, email)
    })
  }

  /** First question: who is it? */
  verify(username: string, password: string): User | undefined {
    const user = this.#find('username', username)
    // Somebody who does not exist takes as long as somebody who mistypes.
    return matches(password, user?.password_hash ?? nobody) ? user : undefined
  }

  /** Second question: what is known about them? */
  claims(subject: string): UserClaims | undefined {
    const user = this.#find('subject', subject)
    return user && { name: user.name, preferred_username: user.username, email: user.email, email_verified: true }
  }

  #find(column: 'subject' | 'username', value: string): User | undefined {
    return (this.#database.prepare(`SELECT * FROM users WHERE ${column} = ?`).get(value) ?? undefined) as
      | User
      | undefined
  }
}

function hash(password: string, salt = randomBytes(16).toString('hex')): string {
  return `${salt}$${scryptSync(password, salt, 32).toString('hex')}`
}

function matches(password: string, stored: string): boolean {
  const [salt = ''] = stored.split('$')
  return timingSafeEqual(Buffer.from(hash(password, salt)), Buffer.from(stored))
}

const nobody = hash(randomBytes(16).toString('hex'))
