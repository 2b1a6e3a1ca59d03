import type { HealthReport } from '../scheduler/index.ts'
import type { Happenings } from './happenings.ts'
import { HealthCheck } from './health-check.ts'
import type { NodeLogger } from './logger.ts'
import type { MediaDesk } from './media-desk.ts'
import type { NodeStorage } from './storage/index.ts'

export interface HealthDeskCollaborators {
  /** The node's home folder. */
  home: string
  storage: NodeStorage
  desk: MediaDesk
  happenings: Happenings
  logger: NodeLogger
  /** Makes what was found of encoders and roots count. */
  look: () => Promise<void>
  onError: (error: unknown, what: string) => void
}

/** This machine's looks at itself, and what is said of them. */
export function createHealthDesk(collaborators: HealthDeskCollaborators): {
  check: (encoders: boolean) => Promise<HealthReport>
  tell: (reason: string | null) => void
} {
  const { home, storage, desk, happenings, logger, look, onError } = collaborators
  const health = new HealthCheck({
    home,
    roots: () => storage.roots(),
    whyNotEncoding: (encoders) => desk.whyNotEncoding(encoders)
  })
  return {
    check: async (encoders) => {
      try {
        const report = await health.look(encoders)
        if (encoders) await look()
        return report
      } catch (error) {
        onError(error, 'this machine could not be looked at')
        return { machine: (error as Error).message, encoding: null, roots: [] }
      }
    },
    tell: (reason) => {
      if (reason === null) logger.info({}, 'this machine is well again and takes work')
      else logger.warn({ reason }, 'this machine is unwell and takes no work')
      happenings.health(reason)
    }
  }
}
