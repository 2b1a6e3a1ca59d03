import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { LogFile } from './log-file.ts'

export type NodeLogger = pino.Logger

/** What is kept for a stdout that nobody reads; later lines are dropped until it is read again. */
const unreadBytes = 4 * 1024 * 1024
/** At the end, a stdout that is not read is waited for so long. */
const farewellMs = 1_000

/**
 * Where a node writes what it does: stdout when headless, else `<home>/logs/node.log`, since stdout belongs to the
 * command. Lines are JSON with ISO times; no string from a peer is ever part of a format.
 */
export function createLogger(settings: {
  level: string
  headless: boolean
  folder: string
  maxBytes: number
  oldFiles: number
}): {
  logger: NodeLogger
  close: () => Promise<void>
} {
  const options = { level: settings.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (settings.headless) {
    // Not `sync`: a terminal that is stopped, or a reader that hangs, must not stop the node.
    const stream = pino.destination({ fd: 1, sync: false, maxLength: unreadBytes })
    return { logger: pino(options, stream), close: () => ended(stream) }
  }
  mkdirSync(settings.folder, { recursive: true, mode: 0o700 })
  const file = new LogFile({ ...settings, path: join(settings.folder, 'node.log') })
  return { logger: pino(options, file), close: () => file.close() }
}

/** Settles when all was written, or when it was clear that nobody reads it. */
const ended = (stream: ReturnType<typeof pino.destination>): Promise<void> =>
  new Promise((done) => {
    const late = setTimeout(done, farewellMs)
    stream.flush(() => {
      clearTimeout(late)
      done()
    })
  })
