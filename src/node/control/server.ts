import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { controlVersion } from '../../model/index.ts'
import { claimSocket } from './claim.ts'
import { ControlConnection, type OnTrouble } from './connection.ts'
import type { ControlHandlers } from './handlers.ts'
import { type ControlLimits, defaultLimits } from './limits.ts'

/** Clients get this long to take the last lines before their connections are cut. */
const closeGraceMs = 500

export interface ControlServerSettings {
  /** From `controlSocketPath(home)`. */
  socketPath: string
  /** This software's version: told to every command at once. */
  version: string
  limits?: Partial<ControlLimits>
}

export interface ControlServer {
  readonly socketPath: string
  /** Commands connected now. */
  clientCount(): number
  /** Stops listening, removes the socket, ends every connection. Idempotent. */
  close(): Promise<void>
}

/**
 * Listens for this user's commands. Throws ControlError `already-running` (with the other's pid), `not-responding`
 * or `not-allowed`. `onTrouble` hears of broken handlers and misbehaving clients, for the node's log.
 */
export async function startControlServer(
  settings: ControlServerSettings,
  handlers: ControlHandlers,
  onTrouble: OnTrouble = () => {}
): Promise<ControlServer> {
  const limits = { ...defaultLimits, ...settings.limits }
  const hello = { control: controlVersion, version: settings.version, pid: process.pid }
  const connections = new Set<ControlConnection>()
  const server = createServer((socket: Socket) => {
    const connection = new ControlConnection({ hello, limits }, { socket, handlers, onTrouble })
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  })
  server.maxConnections = limits.maxClients
  await claimSocket(server, settings.socketPath)
  server.on('error', (error) => onTrouble('the control socket broke', error))

  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    const closed = once(server, 'close')
    server.close()
    for (const connection of connections) connection.end()
    const timer = setTimeout(() => {
      for (const connection of connections) connection.destroy()
    }, closeGraceMs)
    await closed
    clearTimeout(timer)
  }
  return {
    socketPath: settings.socketPath,
    clientCount: () => connections.size,
    close() {
      closing ??= close()
      return closing
    }
  }
}
