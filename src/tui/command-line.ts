import { isEnded, type JobAction } from '../model/index.ts'
import type { ScreenOrder } from './orders.ts'
import { openJob, runCommand } from './reduce-lists.ts'
import { targets } from './selectors.ts'
import type { NotifyWay, ScreenState } from './state.ts'
import { type ScreenStep, still, withNotice } from './step.ts'

interface LineCommand {
  readonly name: string
  readonly usage: string
  readonly help: string
  readonly run: (state: ScreenState, words: readonly string[]) => ScreenStep | null
}

const actions: readonly JobAction[] = ['pause', 'resume', 'retry', 'purge']

const actHelp: Readonly<Record<string, string>> = {
  pause: 'pause jobs: all, an id, or those that are selected',
  resume: 'let paused jobs go on',
  retry: 'try failed and canceled jobs again',
  purge: 'take ended jobs off the list'
}

/** What can be typed after `:`. `run` answers null when the words make no sense. */
export const lineCommands: readonly LineCommand[] = [
  ...actions.map(
    (action): LineCommand => ({
      name: action,
      usage: `${action} [all | ID…]`,
      help: actHelp[action] ?? '',
      run: (state, words) => ({
        state: { ...state, selected: new Set() },
        orders: [{ kind: 'act', action, ids: words[0] === 'all' ? 'all' : idsOr(state, words) }]
      })
    })
  ),
  {
    name: 'cancel',
    usage: 'cancel [all | ID…]',
    help: 'cancel jobs (asks first)',
    run: (state, words) => {
      const open = [...state.feed.jobs.values()].filter(({ job }) => !isEnded(job.status))
      const ids = words[0] === 'all' ? open.map(({ job }) => job.id) : idsOr(state, words)
      return runCommand(
        { ...state, selected: new Set(ids.filter((id) => state.feed.jobs.has(id))) },
        'cancel'
      )
    }
  },
  {
    name: 'priority',
    usage: 'priority N [ID…]',
    help: 'jobs with a higher number go first (−100 to 100)',
    run: (state, [number, ...words]) => {
      const priority = whole(number, -100, 100)
      const ids = idsOr(state, words)
      return priority === null || ids.length === 0
        ? null
        : { state, orders: [{ kind: 'priority', changes: [{ ids, priority }] }] }
    }
  },
  {
    name: 'unblock',
    usage: 'unblock all | NAME',
    help: 'let a machine that failed tasks of the job under the cursor try it again',
    run: (state, words) => {
      const [row] = targets(state)
      const peer = words.join(' ')
      return row === undefined || peer === ''
        ? null
        : { state, orders: [{ kind: 'unblock', id: row.job.id, peer }] }
    }
  },
  {
    name: 'job',
    usage: 'job ID',
    help: 'open a job',
    run: (state, [id]) => (id !== undefined && state.feed.jobs.has(id) ? openJob(state, id) : null)
  },
  { name: 'add', usage: 'add', help: 'add files to the queue', run: (state) => runCommand(state, 'add') },
  {
    name: 'drain',
    usage: 'drain',
    help: 'this machine takes no more work',
    run: (state) => ({ state, orders: [{ kind: 'drain', on: true }] })
  },
  {
    name: 'awake',
    usage: 'awake',
    help: 'this machine takes work again',
    run: (state) => ({ state, orders: [{ kind: 'drain', on: false }] })
  },
  {
    name: 'slots',
    usage: 'slots N',
    help: 'tasks that this machine runs at once',
    run: (state, [number]) => {
      const total = whole(number, 0, 256)
      return total === null ? null : { state, orders: [{ kind: 'slots', total }] }
    }
  },
  { name: 'invite', usage: 'invite', help: 'show an invite', run: (state) => runCommand(state, 'invite') },
  {
    name: 'join',
    usage: 'join [INVITE]',
    help: 'join the mesh of an invite',
    run: (state, words) => {
      const { state: next } = runCommand(state, 'join')
      const invite = words.join(' ')
      if (invite === '') return still(next)
      const overlays = next.overlays.map((overlay) =>
        overlay.kind === 'pair'
          ? { ...overlay, field: { text: invite, at: invite.length }, busy: true }
          : overlay
      )
      return { state: { ...next, overlays }, orders: [{ kind: 'join', invite }] }
    }
  },
  {
    name: 'leave',
    usage: 'leave',
    help: 'leave the mesh (asks first)',
    run: (state) =>
      confirmed(state, { kind: 'leave' }, [
        'Leave the mesh?',
        'The node of this machine stops, and starts as a new machine, alone.'
      ])
  },
  {
    name: 'remove',
    usage: 'remove NAME',
    help: 'remove a machine from the mesh, for good (asks first)',
    run: (state, words) => {
      const named = [...state.feed.peers.values()].filter(
        ({ peer }) => peer.status !== 'self' && peer.name === words.join(' ')
      )
      const [row] = named
      if (row === undefined || named.length > 1) return null
      return confirmed(state, { kind: 'remove', peerId: row.peer.peerId }, [
        `Remove ${row.peer.name} from the mesh?`,
        'It is cut off at once, and its key for good.'
      ])
    }
  },
  {
    name: 'notify',
    usage: 'notify bell | desktop | off',
    help: 'what tells that a batch ended',
    run: (state, [way]) =>
      way === 'bell' || way === 'desktop' || way === 'off'
        ? still(withNotice({ ...state, notify: way }, 'info', notifyTold[way]))
        : null
  },
  { name: 'help', usage: 'help', help: 'all keys', run: (state) => runCommand(state, 'help') },
  {
    name: 'quit',
    usage: 'quit',
    help: 'leave the screen; the node goes on',
    run: (state) => ({ state, orders: [{ kind: 'quit', stopNode: false }] })
  },
  {
    name: 'stop',
    usage: 'stop',
    help: 'leave the screen and stop this machine’s node (asks first)',
    run: (state) => {
      const open = [...state.feed.jobs.values()].filter(({ job }) => !isEnded(job.status)).length
      const then =
        open === 0
          ? 'It gives no work to others and takes none until it is started again.'
          : `${open === 1 ? 'One job is' : `${open} jobs are`} not finished: they go on when it is started again.`
      return confirmed(state, { kind: 'quit', stopNode: true }, ['Stop the node of this machine?', then])
    }
  }
]

const notifyTold: Readonly<Record<NotifyWay, string>> = {
  bell: 'The terminal’s bell tells when a batch has ended',
  desktop: 'A notification tells when a batch has ended, where the terminal can show one',
  off: 'Nothing rings when a batch has ended'
}

const confirmed = (state: ScreenState, order: ScreenOrder, lines: readonly string[]): ScreenStep =>
  still({ ...state, overlays: [...state.overlays, { kind: 'confirm', lines, order }] })

/** Jobs that were named, else the selected ones or that under the cursor. */
const idsOr = (state: ScreenState, words: readonly string[]): readonly string[] =>
  words.length > 0 ? words : targets(state).map(({ job }) => job.id)

function whole(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^[-+−]?\d{1,4}$/.test(text)) return null
  const value = Number(text.replace('−', '-'))
  return value >= min && value <= max ? value : null
}

/** Runs a typed line; says how it should have been typed when it makes no sense. */
export function runLine(state: ScreenState, line: string): ScreenStep {
  const [name, ...words] = line.trim().split(/\s+/)
  if (!name) return still(state)
  const named = lineCommands.filter((command) => command.name.startsWith(name))
  const command = named.find((one) => one.name === name) ?? (named.length === 1 ? named[0] : undefined)
  if (!command) {
    const known = lineCommands.map((one) => one.name).join(' ')
    return still(withNotice(state, 'warn', `There is no command ${name}. There are: ${known}`))
  }
  const step = command.run(state, words)
  return step ?? still(withNotice(state, 'warn', `It is typed so: ${command.usage}`))
}

/** The line with its command completed, as far as it is clear. */
export function completed(line: string): string {
  if (/\s/.test(line)) return line
  const named = lineCommands.filter(({ name }) => name.startsWith(line)).map(({ name }) => name)
  const [first] = named
  if (first === undefined) return line
  if (named.length === 1) return `${first} `
  let end = line.length
  while (named.every((name) => name[end] !== undefined && name[end] === first[end])) end += 1
  return first.slice(0, end)
}
