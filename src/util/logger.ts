import { redact } from './redact.ts'
import { redactText } from './redact-text.ts'

/** What a line is about, beside its words. Goes through the redactor. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Where log lines go. `console` is one, a pino instance is one.
 *
 * What a logger is handed is one finished line: the fields are already in it, as JSON, and free of secrets. Programs that
 * want structure listen to the events instead.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

type Level = keyof Logger

const nothing = (): void => undefined

/** Writes nothing. The default. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/**
 * The only way from this package to a log: every line passes the redactor, and a logger that throws changes nothing.
 *
 * @param target where lines go; absent: nowhere.
 */
export function createLogger(target?: Logger): Logger {
  if (target === undefined) return silentLogger
  return {
    debug: writer(target, 'debug'),
    info: writer(target, 'info'),
    warn: writer(target, 'warn'),
    error: writer(target, 'error'),
  }
}

function writer(target: Logger, level: Level): Logger[Level] {
  return (message, fields) => {
    try {
      target[level](formatLine(message, fields))
    } catch {
      // A full disk or a closed stream is no reason to refuse somebody's login.
    }
  }
}

function formatLine(message: string, fields: LogFields | undefined): string {
  const words = toOneLine(redactText(message))
  return fields === undefined ? words : `${words} ${JSON.stringify(redact(fields))}`
}

/** Control characters could forge a second line. JSON escapes them by itself. */
function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
