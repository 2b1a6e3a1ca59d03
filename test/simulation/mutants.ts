import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A bug planted in a copy of the source: simulation must find it, or it proves nothing. */
export interface Mutant {
  name: string
  /** The checkers that may find it: S1–S11 and L1–L5 of DESIGN section 10, F1 of section 9. */
  caughtBy: readonly string[]
  patches: readonly { file: string; find: string; replace: string }[]
}

const one = (
  name: string,
  caughtBy: readonly string[],
  file: string,
  find: string,
  replace: string
): Mutant => ({ name, caughtBy, patches: [{ file, find, replace }] })

export const mutants: readonly Mutant[] = [
  one(
    'orders leave before they are durable',
    ['S1', 'S3'],
    'node/turn.ts',
    'const { state, facts, effects } = this.#step(this.#state, event, now())',
    'const { state, facts, effects } = this.#step(this.#state, event, now())\n    for (const effect of effects.splice(0)) perform(effect)'
  ),
  one(
    'a result is acknowledged before it is verified',
    ['S1'],
    'scheduler/owner-leases.ts',
    "if (outcome.kind === 'finished') {",
    "if (outcome.kind === 'finished') {\n    acknowledge(draft, from, leaseId)"
  ),
  one(
    'a winner is told to stop when it asks again',
    ['S2', 'S4'],
    'scheduler/owner-leases.ts',
    "else if (found.attempt.status === 'done')",
    "else if (found.attempt.status === 'returned')"
  ),
  one(
    'results that did not verify count',
    ['S4'],
    'scheduler/owner-results.ts',
    'if (!verdict.ok) {\n    if (verdict.transient && chore && chore.tries',
    'if (false as boolean) {\n    if (chore && chore.tries'
  ),
  one(
    'the join starts before everything is cut',
    ['S4', 'S5', 'S7'],
    'scheduler/owner-stages.ts',
    'if (!job || job.remaining.length > 0) return',
    'if (!job) return'
  ),
  one(
    'the join starts while chunks are being encoded',
    ['S4'],
    'scheduler/owner-stages.ts',
    "if (task.status !== 'done') openStage",
    "if (task.status === 'ready') openStage"
  ),
  one(
    'a piece is cut one frame too long',
    ['S5', 'S7'],
    'scheduler/ranges.ts',
    'pieces.push({ start: cut.end, end: home.end })',
    'pieces.push({ start: cut.end - 1, end: home.end })'
  ),
  one(
    'a task fails with its first failure',
    ['S6'],
    'scheduler/owner-failures.ts',
    'failures.length >= maxFailures && enoughPeers',
    'failures.length >= 1'
  ),
  one(
    'a failed task goes back to whoever failed it',
    ['S6'],
    'scheduler/owner-handout.ts',
    'return !(failedHere && othersCouldTry(draft.state, job, task, from))',
    'return true'
  ),
  one(
    'a task whose lease was lost stays leased',
    ['S7', 'L1'],
    'scheduler/apply.ts',
    "ended.status === 'leased' && !alive ?",
    "ended.status === 'failed' && !alive ?"
  ),
  one(
    'stragglers get any number of copies',
    ['S8'],
    'scheduler/straggler.ts',
    'runningCount(task) === 1 &&',
    'runningCount(task) >= 1 &&'
  ),
  one(
    'a worker takes more than it has room for',
    ['S8'],
    'scheduler/worker-leases.ts',
    'freeRoom(state)[lease.pool] === 0',
    'false'
  ),
  {
    name: 'work goes to nodes whose ffmpeg does not fit',
    caughtBy: ['S10'],
    patches: [
      {
        file: 'model/needs.ts',
        find: 'if (needs.ffmpeg !== null &&',
        replace: "if (needs.ffmpeg === 'none' &&"
      }
    ]
  },
  one(
    'work goes to nodes that have not proved that they can do it',
    ['S10'],
    'scheduler/fit.ts',
    'whyUnsuited(state, job, peerId) ?? whyUnproved(state, job, peerId)',
    'whyUnsuited(state, job, peerId)'
  ),
  one(
    'who cannot is given work all the same',
    ['S10'],
    'scheduler/fit.ts',
    "return proof?.reason ?? 'it cannot'",
    'return null'
  ),
  {
    name: 'a proof outlives the connection of its node',
    // Whichever comes first: work for who has not proved, or more proofs asked than are bounded.
    caughtBy: ['S10', 'S8'],
    patches: [
      {
        file: 'scheduler/step.ts',
        find: 'hearPeerConnected(draft, peerId, bootId)\n      dropPeerProofs(draft, peerId)',
        replace: 'hearPeerConnected(draft, peerId, bootId)'
      },
      {
        file: 'scheduler/step.ts',
        find: 'dropPeerProofs(draft, event.peerId)\n      draft.set({\n        peers: withoutEntry',
        replace: 'draft.set({\n        peers: withoutEntry'
      }
    ]
  },
  one(
    'who does not answer is never asked again',
    ['L1', 'L2'],
    'scheduler/owner-proofs.ts',
    'nowMs + settings.unansweredMs',
    'Number.POSITIVE_INFINITY'
  ),
  one(
    'an owner that cannot encode does not join either',
    ['L1'],
    'scheduler/owner-handout.ts',
    'from === draft.self ? whyNotFileWork(draft.state, job) === null : able',
    'able'
  ),
  one(
    'leases never lapse',
    ['L1', 'L2', 'L3'],
    'scheduler/owner-leases.ts',
    'if (clock.expiresAtMs > draft.nowMs ||',
    'if (clock.expiresAtMs > 0 ||'
  ),
  one(
    'an unanswered steal is never forgotten',
    ['L1', 'L2', 'L3'],
    'scheduler/worker-steal.ts',
    'if (deadlineMs <= draft.nowMs)',
    'if (deadlineMs <= 0)'
  ),
  one(
    'a result is told only once',
    ['L1', 'L2'],
    'scheduler/worker-leases.ts',
    "if (status === 'ended') sendOutcome",
    "if (status === 'stopping') sendOutcome"
  ),
  one(
    'a machine that was barred for its record never comes back',
    ['L2'],
    'scheduler/health.ts',
    'untilMs: draft.nowMs + waitMs',
    'untilMs: Number.POSITIVE_INFINITY'
  ),
  one(
    'publication is not taken up again after a crash',
    ['L1'],
    'scheduler/owner-results.ts',
    "if (status !== 'verifying') continue",
    "if (status !== 'failed') continue"
  ),
  one(
    'leases that were out at a crash are forgotten',
    ['L1', 'L3'],
    'scheduler/owner-leases.ts',
    "if (task.status !== 'leased') continue",
    "if (task.status !== 'waiting') continue"
  ),
  one(
    'anybody may end a lease',
    ['S3'],
    'scheduler/owner-leases.ts',
    'if (!attempt || (peer !== null && attempt.peerId !== peer)) return null',
    'if (!attempt) return null'
  ),
  one(
    'what nodes said of a job is kept after its end',
    ['S8'],
    'scheduler/owner-jobs.ts',
    '  dropJobProofs(draft, jobId)',
    ''
  ),
  {
    name: 'a peer may call a job what it likes',
    caughtBy: ['S9'],
    patches: [
      {
        file: 'protocol/schemas.ts',
        find: "branded<JobId>(isJobId, 'job id')",
        replace: "branded<JobId>((text): text is JobId => isJobId(text) || true, 'job id')"
      },
      {
        file: 'protocol/schemas.ts',
        find: "branded<LeaseId>(isLeaseId, 'lease id')",
        replace: "branded<LeaseId>((text): text is LeaseId => isLeaseId(text) || true, 'lease id')"
      }
    ]
  },
  one(
    'work goes to nodes of another version',
    ['S10'],
    'protocol/hello/compatible.ts',
    'self.protocol === peer.protocol && self.agreement === peer.agreement',
    'self.protocol === peer.protocol'
  ),
  one(
    'a kept stream that was reset is never opened again',
    ['L1', 'L2', 'L3'],
    'node/mesh/session.ts',
    'this.#losses.set(name, loss)',
    'return'
  ),
  one(
    'a connection that closed goes on counting',
    ['L1', 'L2', 'L3'],
    'node/mesh/links.ts',
    'if (link.active === session) this.#choose(link, reason)',
    'if (link.active === null) this.#choose(link, reason)'
  ),
  one(
    'a peer whose streams are there does not count',
    ['L1', 'L2', 'L3'],
    'node/mesh/session.ts',
    'if (this.refusal !== null || channelNames.every((each) => this.#open.has(each))) this.#beReady()',
    'if (this.refusal !== null) this.#beReady()'
  ),
  one(
    'what a hello says of its version is not judged',
    ['S10'],
    'node/mesh/session.ts',
    'this.refusal = this.#with.judge(hello)',
    'this.refusal = null'
  ),
  one(
    'leases lapse by the wall clock',
    ['S11'],
    'scheduler/owner-leases.ts',
    'if (clock.expiresAtMs > draft.nowMs ||',
    'if (clock.expiresAtMs > Date.now() ||'
  ),
  one(
    'what was finished when the owner went down is encoded again',
    ['L4'],
    'scheduler/owner-results.ts',
    'if (result !== null && stands(found)) {',
    'if (result === undefined && stands(found)) {'
  ),
  one(
    'the least urgent job goes first',
    ['L5'],
    'scheduler/owner-handout.ts',
    'b.priority - a.priority || a.seq - b.seq',
    'a.priority - b.priority || b.seq - a.seq'
  ),
  one(
    'a node that was told no once does not ask again for a minute',
    ['L2'],
    'scheduler/worker-leases.ts',
    'draft.nowMs + draft.settings.stealPauseMs',
    'draft.nowMs + 60_000'
  ),
  one(
    'a worker that comes too late keeps its file',
    ['F1'],
    'scheduler/owner-leases.ts',
    "if (found.attempt.status === 'done') acknowledge(draft, from, leaseId)\n    else stop(draft, from, leaseId, 'another result was taken')\n    return",
    'acknowledge(draft, from, leaseId)\n    return'
  )
]

const source = fileURLToPath(new URL('../../src', import.meta.url))

/** A copy of what is simulated, with the bug in it. The caller removes the folder. */
export function plant(mutant: Mutant): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxima-mutant-'))
  try {
    for (const room of ['model', 'scheduler', 'protocol'])
      cpSync(join(source, room), join(folder, room), { recursive: true })
    // What the protocols import is found beside them.
    symlinkSync(join(source, '../node_modules'), join(folder, 'node_modules'), 'junction')
    cpSync(join(source, 'node/mesh'), join(folder, 'node/mesh'), { recursive: true })
    cpSync(join(source, 'node/turn.ts'), join(folder, 'node/turn.ts'))
    for (const { file, find, replace } of mutant.patches) {
      const path = join(folder, file)
      const text = readFileSync(path, 'utf8')
      if (text.split(find).length !== 2)
        throw new Error(`mutant "${mutant.name}": its place in ${file} has moved`)
      writeFileSync(
        path,
        text.replace(find, () => replace)
      )
    }
    return folder
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}
