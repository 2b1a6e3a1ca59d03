import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'

/** A log file larger than this at start is moved aside; one old file is kept. */
const maxLogBytes = 10 * 1024 * 1024

export type NodeLogger = pino.Logger

/**
 * Where a node writes what it does: stdout when headless, else `<home>/logs/node.log`, since stdout belongs to the
 * command. Lines are JSON with ISO times; no string from a peer is ever part of a format.
 */
export function createLogger(settings: { level: string; headless: boolean; folder: string }): {
  logger: NodeLogger
  close: () => Promise<void>
} {
  const options = { level: settings.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (settings.headless) {
    const stream = pino.destination({ fd: 1, sync: true })
    return { logger: pino(options, stream), close: async () => stream.flushSync() }
  }
  mkdirSync(settings.folder, { recursive: true, mode: 0o700 })
  const path = join(settings.folder, 'node.log')
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(path, `${path}.1`)
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 })
  return {
    logger: pino(options, stream),
    close: () => new Promise((resolve) => stream.end(resolve))
  }
}
