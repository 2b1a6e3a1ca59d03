import type {
  ActResult,
  JobOrigin,
  Json,
  PlanLine,
  PresetLine,
  QueueLine,
  QueueParams
} from '../model/index.ts'
import type { Answer, QueueWish, ScreenOrder } from './orders.ts'
import type { ScreenBell, ScreenNode, ScreenPort } from './port.ts'
import type { PresetChoice } from './state.ts'

export interface PerformCollaborators {
  port: ScreenPort
  node: () => ScreenNode | null
  bell: ScreenBell
  answer: (answer: Answer) => void
  quit: (stopNode: boolean) => void
  /** What ends each plan that is being made; kept by `perform`. */
  plans: Map<QueueWish, AbortController>
  signal: AbortSignal
}

/** Sources are looked at one by one, which takes a moment each: so many are queued at once. */
const portionSize = 25

/** Carries out what the screen wants; every order is answered once it is done, or refused. Never throws. */
export async function perform(order: ScreenOrder, screen: PerformCollaborators): Promise<void> {
  if (order.kind === 'quit') return screen.quit(order.stopNode)
  if (order.kind === 'copy') return screen.bell.copy(order.text)
  if (order.kind === 'abandon-plan') return screen.plans.get(order.wish)?.abort()
  if (order.kind === 'notify') return screen.bell.notify(order.way, order.text)
  try {
    if (order.kind === 'browse') {
      const entries = await screen.port.machine.browse(order.folder)
      return screen.answer({ kind: 'browsed', folder: order.folder, entries })
    }
    const node = screen.node()
    if (node === null) throw new NodeAway()
    await ask(order, node, screen)
  } catch (error) {
    if (screen.signal.aborted) return
    const { message, hint } =
      error instanceof NodeAway ? { message: error.message, hint: null } : screen.port.told(error)
    screen.answer({ kind: 'refused', order, text: hint === null ? message : `${message}. ${hint}` })
  }
}

/** The node is being looked for; said in the very place where it was asked. */
class NodeAway extends Error {
  override readonly message = 'the node is away; try again when it is back'
}

type NodeOrder = Exclude<ScreenOrder, { kind: 'quit' | 'copy' | 'notify' | 'browse' | 'abandon-plan' }>

async function ask(order: NodeOrder, node: ScreenNode, screen: PerformCollaborators): Promise<void> {
  const { answer, signal } = screen
  switch (order.kind) {
    case 'act': {
      const ids = order.ids === 'all' ? order.ids : [...order.ids]
      if (ids.length === 0) return answer({ kind: 'acted', text: 'No job is chosen', level: 'warn' })
      return answer(acted(await node.call('act', { action: order.action, ids }, { signal })))
    }
    case 'priority': {
      for (const { ids, priority } of order.changes) {
        const refused = refusals(await node.call('priority', { ids: [...ids], priority }, { signal }))
        if (refused !== null) return answer({ kind: 'acted', text: refused, level: 'warn' })
      }
      return answer({ kind: 'acted', text: '', level: 'info' })
    }
    case 'unblock': {
      const { unblocked } = await node.call('unblock', { id: order.id, peer: order.peer }, { signal })
      const names = unblocked.map(({ name }) => name).join(', ')
      const text = names === '' ? 'No machine is kept from this job' : `${names} may try this job again`
      return answer({ kind: 'acted', text, level: 'info' })
    }
    case 'drain': {
      const self = await node.call('drain', { on: order.on }, { signal })
      const text =
        self.state === 'draining'
          ? 'This machine takes no more work; what it runs goes on to its end'
          : self.state === 'unhealthy'
            ? `This machine is unwell, and looks at itself again now: ${self.reason}`
            : 'This machine takes work again'
      return answer({ kind: 'acted', text, level: 'info' })
    }
    case 'slots': {
      const { slots } = await node.call('slots', { total: order.total }, { signal })
      return answer({
        kind: 'acted',
        text: `This machine runs ${slots.total} ${slots.total === 1 ? 'task' : 'tasks'} at once now`,
        level: 'info'
      })
    }
    case 'load-job':
      return answer({
        kind: 'job-loaded',
        id: order.id,
        job: await node.call('job', { id: order.id }, { signal })
      })
    case 'load-log': {
      const log = await node.call('log', { id: order.id, task: order.task }, { signal })
      return answer({ kind: 'log-loaded', id: order.id, task: order.task, log })
    }
    case 'load-presets': {
      const { presets } = await node.call('presets', {}, { signal })
      return answer({ kind: 'presets-loaded', presets: presetChoices(presets) })
    }
    case 'load-preset': {
      if (order.name === autoPreset)
        return answer({ kind: 'preset-loaded', name: autoPreset, lines: autoLines })
      const { preset } = await node.call('preset', { name: order.name, forFile: null }, { signal })
      return answer({ kind: 'preset-loaded', name: order.name, lines: recipeLines(preset) })
    }
    case 'plan':
      return plan(order.wish, node, screen)
    case 'queue':
      return queue(order.wish, node, screen)
    case 'invite': {
      const { invite, expiresAt } = await node.call('meshInvite', {}, { signal })
      return answer({ kind: 'invited', invite, expiresAt })
    }
    case 'leave': {
      const { told, others } = await node.call('meshLeave', {}, { signal })
      const text = `This machine left its mesh (${told} of ${others} others heard of it); its node stops and starts anew, alone`
      return answer({ kind: 'acted', text, level: 'info' })
    }
    case 'remove': {
      const { name } = await node.call('meshRemove', { peer: order.peerId }, { signal })
      return answer({ kind: 'acted', text: `${name} is no longer a member`, level: 'info' })
    }
    case 'join': {
      // The whole line that the other screen shows may have been pasted.
      const invite = order.invite.replace(/^.*mesh join\s+/, '').replace(/\s+/g, '')
      const { inviterName, inviterId } = await node.call('meshJoin', { invite }, { signal })
      return answer({ kind: 'joined', inviterName, inviterId })
    }
  }
}

/** The name by which each file gets the preset whose `match` fits it. */
const autoPreset = 'auto'
const autoLines = [
  'each file gets the first preset whose `match` fits its picture;',
  'the review says which and why'
]

/** Presets as the wizard offers them: those that can be used first, `auto` on top where any can be chosen so. */
export function presetChoices(presets: readonly PresetLine[]): PresetChoice[] {
  const choices = presets.map(({ name, description, error, encodable, whyNot }): PresetChoice => {
    const trouble =
      error ?? (encodable === false ? `not on this machine: ${whyNot ?? 'no such encoder'}` : null)
    return { name, description, trouble }
  })
  const auto = { name: autoPreset, description: 'chosen for each file by its picture', trouble: null }
  return [
    ...(presets.some(({ match }) => match !== null) ? [auto] : []),
    ...choices.filter(({ trouble }) => trouble === null),
    ...choices.filter(({ trouble }) => trouble !== null)
  ]
}

function acted(result: ActResult): Answer {
  const refused = refusals(result)
  if (refused !== null) return { kind: 'acted', text: refused, level: 'warn' }
  return result.results.length === 0
    ? { kind: 'acted', text: 'There is no job that this applies to', level: 'info' }
    : { kind: 'acted', text: '', level: 'info' }
}

/** The first refusal, and how many more there are; null when all went well. */
function refusals({ results }: ActResult): string | null {
  const [first, ...more] = results
    .filter(({ ok }) => !ok)
    .map(({ id, message }) => message ?? `job ${id}: refused`)
  if (first === undefined) return null
  return more.length === 0 ? first : `${first} (and ${more.length} more)`
}

/** Plans file by file. One that is abandoned ends here and at the node, and is not answered any more. */
async function plan(wish: QueueWish, node: ScreenNode, screen: PerformCollaborators): Promise<void> {
  const abandoned = new AbortController()
  screen.plans.set(wish, abandoned)
  try {
    await planFiles(wish, node, screen, AbortSignal.any([screen.signal, abandoned.signal]))
  } catch (error) {
    if (!abandoned.signal.aborted) throw error
  } finally {
    screen.plans.delete(wish)
  }
}

async function planFiles(
  wish: QueueWish,
  node: ScreenNode,
  { port, answer }: PerformCollaborators,
  signal: AbortSignal
): Promise<void> {
  const { files, problems, origins } = await port.machine.expand(wish.chosen, signal)
  signal.throwIfAborted()
  const params = paramsOf(wish, port)
  const told = (lines: readonly PlanLine[], done: boolean): void =>
    answer({ kind: 'planned', wish, total: files.length + problems.length, lines, done })
  told(
    problems.map((problem) => refusedLine(problem, port)),
    files.length === 0
  )
  // One by one: to look at a file takes far longer than to ask for it, and each is shown as soon as it is known.
  for (const [i, file] of files.entries()) {
    const { lines } = await node.call('plan', { ...params, ...sourcesOf([file], origins) }, { signal })
    told(lines, i === files.length - 1)
  }
}

async function queue(
  wish: QueueWish,
  node: ScreenNode,
  { port, answer, signal }: PerformCollaborators
): Promise<void> {
  const { files, problems, origins } = await port.machine.expand(wish.chosen)
  const params = paramsOf(wish, port)
  const lines: QueueLine[] = problems.map((problem) => refusedLine(problem, port))
  let batchId: string | undefined
  for (let i = 0; i < files.length; i += portionSize) {
    const sources = files.slice(i, i + portionSize)
    const portion = { ...params, ...sourcesOf(sources, origins), batchId }
    const result = await node.call('queue', portion, { signal })
    batchId = result.batchId
    lines.push(...result.lines)
  }
  const proxies = lines.flatMap((line) =>
    line.kind === 'queued' ? line.job : line.kind === 'exists' ? line : []
  )
  const note = (await port.machine.list?.(proxies, { ...params, ...(origins && { origins }) })) ?? null
  answer({ kind: 'queued', wish, lines, note })
}

/** Some of the sources, with what they were chosen from. */
function sourcesOf(
  sources: readonly string[],
  origins: Readonly<Record<string, JobOrigin>> = {}
): Pick<QueueParams, 'sources' | 'origins'> {
  const known = sources.flatMap((source) => {
    const origin = Object.hasOwn(origins, source) ? origins[source] : undefined
    return origin === undefined ? [] : [[source, origin] as const]
  })
  return { sources: [...sources], ...(known.length === 0 ? {} : { origins: Object.fromEntries(known) }) }
}

function paramsOf({ chosen: _, ...wish }: QueueWish, { machine }: ScreenPort): Omit<QueueWish, 'chosen'> {
  return { ...wish, outDir: wish.outDir === null ? null : machine.wholePath(wish.outDir) }
}

const refusedLine = (problem: Error, port: ScreenPort): Extract<QueueLine, { kind: 'refused' }> => {
  const { message, hint } = port.told(problem)
  return { kind: 'refused', source: message, error: { code: 'no-such-file', message, hint, exitStatus: 1 } }
}

/** A resolved preset as `key: value` lines, nested ones indented. */
export function recipeLines(value: Json, indent = ''): string[] {
  if (value === null || typeof value !== 'object') return [`${indent}${String(value)}`]
  if (Array.isArray(value))
    return value.map((item) => `${indent}- ${typeof item === 'object' ? JSON.stringify(item) : String(item)}`)
  return Object.entries(value).flatMap(([key, item]): string[] => {
    if (item === null || item === undefined) return []
    if (Array.isArray(item) && item.length === 0) return []
    if (typeof item !== 'object') return [`${indent}${key}: ${String(item)}`]
    const inside = recipeLines(item, `${indent}  `)
    return inside.length === 0 ? [] : [`${indent}${key}:`, ...inside]
  })
}
