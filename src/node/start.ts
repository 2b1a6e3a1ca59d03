import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { createTranscodeKind } from '../jobs/transcode/index.ts'
import { openLedger } from '../ledger/index.ts'
import type { JobId, JobRecord, NodeInfo, NodeStatus } from '../model/index.ts'
import { defaultSchedulerSettings, type Event, initialState } from '../scheduler/index.ts'
import type { JobKind } from './contracts.ts'
import { type ControlHandlers, startControlServer } from './control/index.ts'
import { createControlHandlers } from './control-service.ts'
import { openHome } from './home.ts'
import { createLogger } from './logger.ts'
import { openMediaDesk } from './media-desk.ts'
import { createMesh, type Mesh } from './mesh/index.ts'
import { Performer } from './perform.ts'
import { Runner } from './runner.ts'
import { SelfView } from './self.ts'
import { loadSettings } from './settings/index.ts'
import { statusOf } from './status.ts'
import { openStorage } from './storage/index.ts'
import { TaskLogs } from './task-logs.ts'
import { transcodeSettings } from './transcode-settings.ts'
import { Turns } from './turn.ts'
import { softwareVersion } from './version.ts'
import { jobView } from './views.ts'

export interface StartOptions {
  home: string
  /** Settings by key or option name; they win over environment and `config.yaml`. */
  flags: Readonly<Record<string, unknown>>
  /** Log to stdout; otherwise stdout belongs to the command, and the log goes to `<home>/logs`. */
  headless: boolean
}

export interface RunningNode {
  control: ControlHandlers
  info: () => NodeInfo
  /** Hands leases back, ends what runs, closes everything. Idempotent. */
  stop: () => Promise<void>
  /** Settles when the node has stopped, whoever asked for it. */
  stopped: Promise<void>
}

const tickMs = 500
/** A status also goes out this often, with the progress of what runs. */
const statusMs = 2_000
/** How often the roots' markers and the encoders are looked at again. */
const lookMs = 10_000
/** How long a stop waits for encodes to end politely. */
const stopLimitMs = 10_000

/**
 * Starts this machine's node: the only place where the real collaborators of a turn are made and introduced.
 * @throws the errors of its rooms, each with a line for a person: ControlError `already-running`, SettingsError,
 * LedgerError, MeshError (`port-taken`…), StorageError
 */
export async function startNode({ home: folder, flags, headless }: StartOptions): Promise<RunningNode> {
  const undo: (() => Promise<void> | void)[] = []
  const unwind = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const home = openHome(folder)
    const settings = loadSettings({ home: home.folder, env: process.env, flags })
    const version = softwareVersion()
    const bootId = randomUUID()
    const { logger, close: closeLog } = createLogger({
      level: settings.log.level,
      headless,
      folder: home.logs
    })
    undo.push(closeLog)
    const onError = (error: unknown, what: string): void => logger.error({ err: error }, what)

    // The socket first: it claims the home, so that a second node is told of the first one, not of a locked ledger.
    const ready = Promise.withResolvers<ControlHandlers>()
    ready.promise.catch(() => {})
    const control = await startControlServer(
      { socketPath: home.socket, version },
      whenReady(ready.promise),
      (what, error) => logger.warn({ err: error }, what)
    )
    undo.push(() => {
      ready.reject(new Error('the node did not start'))
      return control.close()
    })

    const storage = await openStorage(
      { home: home.folder, rootsFile: home.roots, workFolder: home.work },
      { wallClock: () => new Date() }
    )
    const media = transcodeSettings(settings, home)
    const desk = openMediaDesk(media)
    const transcode = createTranscodeKind(media, { storage })
    const kinds: ReadonlyMap<string, JobKind> = new Map([[transcode.name, transcode]])

    const ledger = openLedger({ path: home.ledger, wallClock: () => new Date() })
    undo.push(() => ledger.close())

    const logs = new TaskLogs(
      { folder: `${home.logs}/tasks` },
      { onError: (error) => onError(error, 'a task log could not be kept') }
    )
    const now = (): number => performance.now()

    let mesh: Mesh | null = null
    let turns: Turns | null = null
    let stopping = false
    /** Turns an event; a bug in the decision leaves everything as it was, and is told. */
    const turn = (event: Event): void => {
      try {
        turns?.turn(event)
      } catch (error) {
        onError(error, `the event ${event.kind} could not be turned`)
      }
    }
    const state = () => turns!.state
    const status = (): NodeStatus =>
      statusOf(state(), { version, bootId, cores: availableParallelism(), reason: null }, now())
    const announce = (): void => mesh?.setStatus(status())

    const tools = await desk.ffmpegVersion()
    mesh = await createMesh(
      {
        home: home.folder,
        name: settings.name,
        version,
        bootId,
        ffmpegVersion: tools,
        listen: settings.listen,
        peers: settings.peers,
        mdns: settings.mdns
      },
      {
        logger: logger.child({ room: 'mesh' }),
        onPeerConnected: (peerId, { name, bootId: peerBoot, compatible }) => {
          if (compatible) turn({ kind: 'peer-connected', peerId, name, bootId: peerBoot })
        },
        onPeerDisconnected: (peerId) => turn({ kind: 'peer-disconnected', peerId }),
        onStatus: (peerId, peerStatus) => turn({ kind: 'status-received', peerId, status: peerStatus }),
        onMessage: (message) => turn({ kind: 'message-received', message }),
        onLogRequest: (leaseId) => logs.read(leaseId),
        onRosterChanged: (count) => self.update({ fellowMembers: count - 1 })
      }
    )
    const link = mesh
    const self = new SelfView(
      {
        peerId: link.self,
        name: settings.name,
        slots: settings.slots,
        tags: settings.tags,
        fellowMembers: link.members().length - 1
      },
      (changed) => turn({ kind: 'self-changed', self: changed })
    )
    self.update({ fitness: { ffmpegVersion: tools } })

    const jobs = new Map<JobId, JobRecord>(ledger.load().map((job) => [job.id, job]))
    const runner = new Runner({ kinds, logs, turn, onError })
    const performer = new Performer({
      self: link.self,
      kinds,
      runner,
      send: (to, message) => link.send(to, message),
      announce,
      state,
      turn,
      onError
    })
    turns = new Turns(
      initialState({
        settings: {
          ...defaultSchedulerSettings,
          leaseTtlMs: settings.lease.ttlMs,
          heartbeatMs: settings.lease.heartbeatMs
        },
        self: self.current,
        jobs,
        nextSeq: ledger.nextSeq(),
        nowMs: now()
      }),
      {
        commit: (facts) => {
          ledger.commit(facts)
          for (const fact of facts) logger.info({ fact: summary(fact) }, fact.kind)
        },
        perform: performer.perform,
        now,
        onCommitFailed: (error) => onError(error, 'the ledger could not be written'),
        later: (delayMs, callback) => void setTimeout(callback, delayMs).unref()
      }
    )

    const look = async (): Promise<void> => {
      await storage.refresh()
      self.update({
        fitness: {
          roots: [...storage.visibleRoots()],
          ffmpegVersion: await desk.ffmpegVersion(),
          encoders: await desk.workingEncoders()
        }
      })
    }
    const looking = (): void =>
      void look().catch((error) => onError(error, 'looking at roots and encoders failed'))

    await link.start()
    undo.push(() => link.stop())
    // Fit from the first turn on: a job that is queued at once must find its encoders tried.
    await look()
    turn({ kind: 'node-started' })
    const timers = [
      setInterval(() => turn({ kind: 'clock-ticked' }), tickMs),
      setInterval(announce, statusMs),
      setInterval(looking, lookMs)
    ]
    undo.push(() => timers.forEach(clearInterval))
    announce()

    const info = (): NodeInfo => ({
      version,
      pid: process.pid,
      peerId: link.self,
      name: settings.name,
      home: home.folder,
      meshId: link.meshId,
      addresses: [...link.addresses]
    })

    const stopped = Promise.withResolvers<void>()
    const aborted = new AbortController()
    let stopRun: Promise<void> | null = null
    const stop = (): Promise<void> => {
      stopRun ??= stopOnce()
      return stopRun
    }
    const stopOnce = async (): Promise<void> => {
      logger.info({}, 'stopping')
      stopping = true
      aborted.abort()
      turn({ kind: 'node-stopping' })
      announce()
      await within(stopLimitMs, Promise.all([runner.idle(), performer.stop()]))
      await unwind()
      stopped.resolve()
    }

    const handlers = createControlHandlers({
      kind: transcode,
      desk,
      storage,
      ledger,
      mesh: link,
      logs,
      home,
      state,
      // Asked by a person: a ledger that cannot be written is their business.
      turn: (event) => turns!.turn(event),
      view: (job) => jobView(state(), job, ledger),
      status,
      info,
      look,
      isStopping: () => stopping,
      stopping: aborted.signal,
      stop: () => setImmediate(() => stop().catch((error) => stopped.reject(error)))
    })
    ready.resolve(handlers)
    logger.info({ ...info() }, 'ready')

    return {
      control: handlers,
      info,
      stop,
      stopped: stopped.promise
    }
  } catch (error) {
    await unwind()
    throw error
  }
}

/** Handlers for commands that come before the node is up: they wait for it. */
function whenReady(ready: Promise<ControlHandlers>): ControlHandlers {
  return new Proxy({} as ControlHandlers, {
    get: (_, name: keyof ControlHandlers) =>
      name === 'watchJobs'
        ? async function* (params: never, signal: AbortSignal) {
            yield* (await ready).watchJobs(params, signal)
          }
        : async (params: never) => ((await ready)[name] as (params: never) => unknown)(params)
  })
}

/** Facts in the log without the bulk: plans and requests can be megabytes. */
function summary(fact: { kind: string }): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fact).filter(([, value]) => typeof value !== 'object' || value === null)
  )
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>()
  const handle = setTimeout(timer.resolve, limitMs)
  try {
    await Promise.race([work, timer.promise])
  } finally {
    clearTimeout(handle)
  }
}
