import type { NodeInfo } from '../model/index.ts'
import type { ControlClient, ControlHandlers } from '../node/control/index.ts'
import type { EditReader } from '../node/edit/index.ts'
import type { OfflineControl } from '../node/offline.ts'

/** What flags say about the node that a command starts; they win over environment and `config.yaml`. */
export interface NodeFlags {
  /** Addresses to dial besides what discovery finds, `HOST:PORT`. */
  peer?: string[]
  /** Port to listen on for peers; 0 takes any free one. */
  port?: number
  /** This node's name, as the others see it. */
  name?: string
  slots?: number
  debug?: boolean
}

export interface StartOptions {
  home: string
  flags: NodeFlags
  /** Log to stdout; otherwise stdout belongs to the command. */
  headless: boolean
}

/** A node in this process. It answers on the local socket of its home as well. */
export interface RunningNode {
  control: ControlHandlers
  info(): NodeInfo
  /** Hands leases back, closes everything. Idempotent. */
  stop(): Promise<void>
  /** Settles when it stopped, whoever asked for it; rejects when it broke. */
  stopped: Promise<void>
}

/** The only way from commands to a node. Tests pass a door of their own. */
export interface NodeDoor {
  /** The node of this home that runs already, or null. Throws ControlError when it is there but of no use. */
  connect(home: string): Promise<ControlClient | null>
  /** Throws ControlError `already-running` when another start was faster. */
  start(options: StartOptions): Promise<RunningNode>
  offline(home: string, flags: NodeFlags): Promise<OfflineControl>
  /** What reads timelines, in this very process. */
  edits(home: string, flags: NodeFlags): Promise<EditReader>
}

const connectTimeoutMs = 5_000

/** Loads each room only when it is needed: most commands only talk to a socket. */
export const realDoor: NodeDoor = {
  async connect(home) {
    const { connectControl, controlSocketPath, ControlError } = await import('../node/control/connect.ts')
    try {
      return await connectControl(controlSocketPath(home), { timeoutMs: connectTimeoutMs })
    } catch (error) {
      if (error instanceof ControlError && error.code === 'not-running') return null
      throw error
    }
  },
  async start({ home, flags, headless }) {
    const { startNode } = await import('../node/start.ts')
    return startNode({ home, flags: { ...flags }, headless })
  },
  async offline(home, flags) {
    const { offlineControl } = await import('../node/offline.ts')
    return offlineControl(home, { ...flags })
  },
  async edits(home, flags) {
    const { openEditDesk } = await import('../node/edit/index.ts')
    return openEditDesk(home, { ...flags })
  }
}
