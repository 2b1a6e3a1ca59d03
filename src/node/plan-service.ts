import type { JobKind, Participant, PlanLine, PreviewedJob, QueueParams } from '../model/index.ts'
import { expectedPieces, type SchedulerState } from '../scheduler/index.ts'
import { NodeError } from './errors.ts'
import type { Participants } from './participants.ts'
import { partsOf } from './queue-service.ts'

export interface PlanCollaborators {
  kind: JobKind
  participants: Participants
  state: () => SchedulerState
}

/**
 * `queue --dry-run`: what each source would become, and by whom. Nothing is kept, so that it may end at any point.
 * @throws NodeError `plan-ended` when the signal aborts
 */
export async function planSources(
  params: QueueParams,
  signal: AbortSignal,
  { kind, participants, state }: PlanCollaborators
): Promise<{ lines: PlanLine[] }> {
  const lines: PlanLine[] = []
  for (const [source, part] of partsOf(params)) {
    const preview = await kind.preview(params, source, signal, part)
    // What is said of a source whose reading was cut short is not what it is.
    if (signal.aborted) throw planEnded()
    if (preview.kind !== 'plan') {
      lines.push(preview)
      continue
    }
    const who = await participants.ofPreview(preview.job)
    if (signal.aborted) throw planEnded()
    const chunks = chunksFor(preview.job, who, state())
    lines.push({ kind: 'plan', ...preview.line, chunks, participants: who })
  }
  return { lines }
}

const planEnded = (): NodeError =>
  new NodeError('plan-ended', 'the plan was ended before all files were looked at', {
    hint: 'Ask for it again',
    exitStatus: 3
  })

/** As the scheduler would decide when all who take part are idle. */
function chunksFor(
  { plan }: PreviewedJob,
  participants: readonly Participant[],
  state: SchedulerState
): number {
  if (plan.split === null) return 1
  const able = participants.filter(({ takesPart }) => takesPart)
  // Alone, a machine takes a file whole where it may.
  if (plan.whole !== null && !able.some(({ self }) => !self)) return 1
  const slots = able.map(({ self, peerId }) =>
    self
      ? state.self.slots
      : ([...state.peers.values()].find((peer) => peer.peerId === peerId)?.status?.slots.total ?? 0)
  )
  return expectedPieces(
    plan.split.work,
    slots.reduce((sum, slot) => sum + slot, 0)
  )
}
