import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createTranscodeKind } from '../jobs/transcode/index.ts'
import { openLedger } from '../ledger/index.ts'
import type { JobId, JobKind, JobRecord, JobView, NodeInfo, NodeStatus, PeerId } from '../model/index.ts'
import { defaultSchedulerSettings, type Event, initialState } from '../scheduler/index.ts'
import { committer } from './commit.ts'
import type { ControlHandlers } from './control/index.ts'
import { openControlDoor } from './control-door.ts'
import { createControlHandlers } from './control-service.ts'
import { Fellows } from './fellows.ts'
import { FromAfar } from './from-afar.ts'
import { Happenings } from './happenings.ts'
import { createHealthDesk } from './health-desk.ts'
import { openHome } from './home.ts'
import { createLogger } from './logger.ts'
import { openMediaDesk } from './media-desk.ts'
import { createMesh, type Mesh } from './mesh/index.ts'
import { createOutputLayouts } from './output-layouts.ts'
import { Participants } from './participants.ts'
import { peersView } from './peer-views.ts'
import { Performer } from './perform.ts'
import { Preflight } from './preflight.ts'
import { createResolveDesk } from './resolve/index.ts'
import { Runner } from './runner.ts'
import { chunkMaps, type ScreenFeedCollaborators, screenParts } from './screen-feed.ts'
import { SelfView } from './self.ts'
import { loadSettings } from './settings/index.ts'
import { statusOf } from './status.ts'
import { openStorage } from './storage/index.ts'
import { TaskLogs } from './task-logs.ts'
import { transcodeSettings } from './transcode-settings.ts'
import { Turns } from './turn.ts'
import { UndoStack } from './undo.ts'
import { softwareVersion } from './version.ts'
import { jobView } from './views.ts'
import { openWatchFolders } from './watching.ts'
import { within } from './within.ts'

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

const megabyte = 1024 * 1024
const dayMs = 86_400_000
/** A dead machine's work is offered again within 2 s: after a grace of 1.5 s, at the next tick. */
const tickMs = 250
/** A status also goes out this often, with the progress of what runs. */
const statusMs = 2_000
/** How often the roots' markers and the encoders are looked at again. */
const lookMs = 10_000
/** How often logs that are too old are looked for. */
const tidyMs = 3_600_000
/** How long a stop waits for encodes to end politely. */
const stopLimitMs = 10_000
/** And for what is being linked: Python, Resolve and two files have to be read. */
const linkLimitMs = 20_000

/**
 * Starts this machine's node.
 * @throws the errors of its rooms, each with a line for a person: ControlError `already-running`, SettingsError,
 * LedgerError, MeshError (`port-taken`…), StorageError
 */
export async function startNode(options: StartOptions): Promise<RunningNode> {
  const undo = new UndoStack()
  try {
    return await compose(options, undo)
  } catch (error) {
    await undo.unwind()
    throw error
  }
}

/** The only place where the real collaborators of a turn are made and introduced to one another. */
async function compose(
  { home: folder, flags, headless }: StartOptions,
  undo: UndoStack
): Promise<RunningNode> {
  const home = openHome(folder)
  const settings = loadSettings({ home: home.folder, env: process.env, flags })
  const about = { version: softwareVersion(), bootId: randomUUID(), cores: availableParallelism() }
  const { logger, close: closeLog } = createLogger({
    level: settings.log.level,
    headless,
    folder: home.logs,
    maxBytes: settings.log.fileMegabytes * megabyte,
    oldFiles: settings.log.oldFiles
  })
  undo.push(closeLog)
  const onError = (error: unknown, what: string): void => logger.error({ err: error }, what)
  const wallClock = (): Date => new Date()
  const now = (): number => performance.now()

  const door = await openControlDoor(
    { socketPath: home.socket, version: about.version },
    undo,
    (what, error) => logger.warn({ err: error }, what)
  )

  const storage = await openStorage(
    { home: home.folder, rootsFile: home.roots, workFolder: home.work },
    { wallClock }
  )
  const media = transcodeSettings(settings, home)
  const layouts = createOutputLayouts(settings.paths)
  const desk = openMediaDesk(media, layouts)
  const transcode = createTranscodeKind(media, { storage, layouts, jobs: () => turns.state.jobs.values() })
  const kinds: ReadonlyMap<string, JobKind> = new Map([[transcode.name, transcode]])
  const ledger = openLedger({ path: home.ledger, wallClock })
  undo.push(() => ledger.close())
  const logs = new TaskLogs(
    {
      folder: join(home.logs, 'tasks'),
      maxBytes: settings.log.tasksMegabytes * megabyte,
      maxAgeMs: settings.log.tasksDays * dayMs
    },
    { wallClock, onError: (error) => onError(error, 'a task log could not be kept') }
  )

  // Turns and mesh need each other; events that the mesh hears before both are there cannot happen: it starts last.
  let turns: Turns
  const state = () => turns.state
  const happenings = new Happenings({ wallClock, jobs: () => state().jobs })
  /** Turns an event; a bug in the decision leaves everything as it was, and is told. */
  const turn = (event: Event): void => {
    try {
      turns.turn(event)
    } catch (error) {
      onError(error, `the event ${event.kind} could not be turned`)
    }
  }
  const resolve = createResolveDesk(settings, media, {
    jobs: () => state().jobs,
    links: ledger.links(),
    commit: (facts) => commit(facts),
    onWords: (line) => logger.debug({ room: 'resolve' }, line),
    onError
  })
  const commit = committer({ ledger, logs, resolve, happenings, logger, onError })
  const ffmpegVersion = await desk.ffmpegVersion()
  const mesh: Mesh = await createMesh(
    {
      home: home.folder,
      name: settings.name,
      version: about.version,
      bootId: about.bootId,
      ffmpegVersion,
      listen: settings.listen,
      peers: settings.peers,
      mdns: settings.mdns
    },
    {
      logger: logger.child({ room: 'mesh' }),
      onPeerConnected: (peerId, { name, bootId, compatible, reason }) => {
        happenings.peerConnected(peerId, name, compatible ? null : reason)
        if (compatible) turn({ kind: 'peer-connected', peerId, name, bootId })
      },
      onPeerDisconnected: (peerId, reason) => {
        happenings.peerDisconnected(peerId, nameOf(peerId), reason)
        turn({ kind: 'peer-disconnected', peerId })
      },
      onStatus: (peerId, status) => {
        turn({ kind: 'status-received', peerId, status })
        if (mesh.peers().every((peer) => peer.status !== null)) met.resolve()
      },
      onMessage: (message) => turn({ kind: 'message-received', message }),
      onLogRequest: (leaseId) => logs.read(leaseId),
      onProofRequest: (question) => preflight.answer(question),
      onWatch: (question, from, signal) => fromAfar.watched(question, from, signal),
      onSteer: (order, from) => fromAfar.steered(order, from),
      onRosterChanged: (count) => self.update({ fellowMembers: count - 1 })
    }
  )
  const nameOf = (peerId: PeerId): string =>
    mesh.members().find((member) => member.peerId === peerId)?.name ?? peerId
  const met = Promise.withResolvers<void>()
  const preflight = new Preflight({
    self: mesh.self,
    kinds,
    askPeer: (to, question) => mesh.askProof(to, question),
    onError
  })
  const status = (): NodeStatus => statusOf(state(), { ...about }, now())
  const announce = (): void => mesh.setStatus(status())

  const self = new SelfView(
    {
      peerId: mesh.self,
      name: settings.name,
      slots: settings.slots,
      tags: settings.tags,
      ffmpegVersion,
      fellowMembers: mesh.members().length - 1
    },
    (changed) => turn({ kind: 'self-changed', self: changed })
  )
  const runner = new Runner({ kinds, logs, turn, onError, onTrouble: () => lookAgain() })
  const health = createHealthDesk({
    home: home.folder,
    storage,
    desk,
    happenings,
    logger,
    look: () => look(),
    onError
  })
  const performer = new Performer({
    self: mesh.self,
    kinds,
    runner,
    send: (to, message) => mesh.send(to, message),
    askProof: (to, job) => preflight.ask(to, job),
    checkHealth: health.check,
    tellHealth: health.tell,
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
      jobs: new Map<JobId, JobRecord>(ledger.load().map((job) => [job.id, job])),
      nextSeq: ledger.nextSeq(),
      nowMs: now()
    }),
    {
      commit,
      perform: performer.perform,
      now,
      onCommitFailed: (error) => {
        onError(error, 'the ledger could not be written')
        turn({ kind: 'health-check-wanted', because: 'write-failed' })
      },
      later: (delayMs, callback) => void setTimeout(callback, delayMs).unref()
    }
  )

  const look = async (): Promise<void> => {
    const moved = await storage.refresh()
    const [version, encoders] = await Promise.all([desk.ffmpegVersion(), desk.workingEncoders()])
    self.update({ fitness: { roots: [...storage.visibleRoots()], ffmpegVersion: version, encoders } })
    if (moved && state().started) turn({ kind: 'health-check-wanted', because: 'storage-changed' })
  }
  const setSelf = (change: { state?: 'awake' | 'draining'; slots?: number }): void => {
    self.update(change)
    if (change.state === 'awake') turn({ kind: 'health-check-wanted', because: 'asked' })
  }
  const lookAgain = (): void => {
    look().catch((error) => onError(error, 'roots and encoders could not be looked at'))
  }

  const info = (): NodeInfo => ({
    version: about.version,
    pid: process.pid,
    peerId: mesh.self,
    name: settings.name,
    home: home.folder,
    meshId: mesh.meshId,
    addresses: [...mesh.addresses]
  })
  const stopping = new AbortController()
  const view = (job: JobRecord): JobView => jobView(state(), job, ledger)
  const watches = await openWatchFolders({
    home,
    settings,
    kind: transcode,
    desk,
    storage,
    happenings,
    state,
    turn: (event) => turns.turn(event),
    view,
    self: { id: mesh.self, name: settings.name },
    onError
  })
  const feed: ScreenFeedCollaborators = {
    state,
    view,
    info,
    peers: () => peersView(status(), [...mesh.addresses], mesh.peers()),
    happenings,
    stopping: stopping.signal
  }
  const fromAfar = new FromAfar({
    screen: (signal) => screenParts(signal, feed),
    chunks: (jobId, signal) => chunkMaps(jobId, signal, feed),
    steer: (order) => {
      setSelf(order.kind === 'slots' ? { slots: order.total } : { state: order.on ? 'draining' : 'awake' })
      return status()
    },
    nameOf,
    happenings,
    stopping: stopping.signal,
    onInfo: (details, what) => logger.info(details, what),
    onError
  })

  // Fit from the first turn on: a job that is queued at once must find its encoders tried.
  await look()
  undo.push(() => resolve.stop())
  await resolve.start()
  await mesh.start()
  undo.push(() => mesh.stop())
  turn({ kind: 'node-started' })
  turn({ kind: 'health-check-wanted', because: 'asked' })
  const metBy = setTimeout(met.resolve, mesh.peers().length > 0 ? defaultSchedulerSettings.settleMs : 0)
  undo.push(() => {
    clearTimeout(metBy)
    met.resolve()
  })
  const timers = [
    setInterval(() => turn({ kind: 'clock-ticked' }), tickMs),
    setInterval(announce, statusMs),
    setInterval(lookAgain, lookMs),
    setInterval(() => void logs.tidy(), tidyMs)
  ]
  undo.push(() => timers.forEach(clearInterval))
  void logs.tidy()
  announce()
  watches.start()

  const stopped = Promise.withResolvers<void>()
  const close = async (): Promise<void> => {
    logger.info({}, 'stopping')
    stopping.abort()
    turn({ kind: 'node-stopping' })
    announce()
    await Promise.all([
      within(stopLimitMs, Promise.all([watches.stop(), runner.idle(), performer.stop()])),
      within(linkLimitMs, resolve.idle())
    ])
    await undo.unwind()
  }
  let closing: Promise<void> | null = null
  const stop = (): Promise<void> => {
    closing ??= close().then(stopped.resolve, (error) => {
      stopped.reject(error)
      throw error
    })
    return closing
  }

  const participants = new Participants({
    state,
    turn,
    members: () => mesh.peers(),
    proofsAnswered: (jobId) => performer.proofsAnswered(jobId),
    met: met.promise,
    askProof: (to, job) => preflight.ask(to, job)
  })
  const handlers = createControlHandlers({
    kind: transcode,
    desk,
    storage,
    ledger,
    mesh,
    logs,
    resolve,
    home,
    state,
    // Asked by a person: a ledger that cannot be written is their business.
    turn: (event) => turns.turn(event),
    view,
    status,
    info,
    participants,
    feed,
    fellows: new Fellows({
      mesh,
      status,
      whyNoWork: (peerId) => participants.whyNoWork(peerId),
      stopping: stopping.signal
    }),
    watches,
    setSelf,
    look,
    stopping: stopping.signal,
    onError,
    // After the answer has left.
    stop: () => setImmediate(() => stop().catch((error) => onError(error, 'stopping failed')))
  })
  door.open(handlers)
  logger.info({ ...info() }, 'ready')
  return { control: handlers, info, stop, stopped: stopped.promise }
}
