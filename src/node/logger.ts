import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { LogFile } from './log-file.ts'

export type NodeLogger = pino.Logger

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
    const stream = pino.destination({ fd: 1, sync: true })
    return { logger: pino(options, stream), close: async () => stream.flushSync() }
  }
  mkdirSync(settings.folder, { recursive: true, mode: 0o700 })
  const file = new LogFile({ ...settings, path: join(settings.folder, 'node.log') })
  return { logger: pino(options, file), close: () => file.close() }
}
