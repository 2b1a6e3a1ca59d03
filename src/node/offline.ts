import { existsSync } from 'node:fs'
import { type Ledger, openLedger } from '../ledger/index.ts'
import type { ConfigView, LinkParams, LinkResult, TimelinesView } from '../model/index.ts'
import { configOf } from './config.ts'
import type { ControlHandlers } from './control/index.ts'
import { checkNode } from './doctor.ts'
import { NodeError } from './errors.ts'
import { openHome } from './home.ts'
import { checkLedger, checkMembership, ledgerTrouble } from './home-checks.ts'
import { openMediaDesk } from './media-desk.ts'
import { createOutputLayouts } from './output-layouts.ts'
import { checkLinking, linkOffline, listTimelines, resolveOpener } from './resolve/index.ts'
import { refuseInUse } from './root-in-use.ts'
import { loadSettings } from './settings/index.ts'
import { openStorage } from './storage/index.ts'
import { transcodeSettings } from './transcode-settings.ts'

/** What works without any node: files of a home and tools of this machine. */
export type OfflineControl = Pick<
  ControlHandlers,
  'share' | 'roots' | 'unshare' | 'doctor' | 'backUpLedger' | 'presets' | 'preset'
> & {
  config: () => Promise<ConfigView>
  /** @see linkNow */
  link: (params: LinkParams, signal: AbortSignal) => Promise<LinkResult>
  /** @see listTimelines */
  timelines: (signal: AbortSignal) => Promise<TimelinesView>
}

/** What commands can do with a home while no node runs. */
export async function offlineControl(
  folder: string,
  flags: Readonly<Record<string, unknown>>
): Promise<OfflineControl> {
  const home = openHome(folder)
  const settings = loadSettings({ home: home.folder, env: process.env, flags })
  const storage = await openStorage(
    { home: home.folder, rootsFile: home.roots, workFolder: home.work },
    { wallClock: () => new Date() }
  )
  const media = transcodeSettings(settings, home)
  const desk = openMediaDesk(media, createOutputLayouts(settings.paths))
  const editing = () => checkLinking(settings)
  return {
    share: ({ path, name }) => storage.share(path, name),
    roots: async () => ({ roots: await storage.roots() }),
    unshare: ({ root }) =>
      withLedger(home.ledger, (ledger) => {
        const jobs = new Map(ledger?.load().map((job) => [job.id, job]))
        return storage.unshare(root, (entry) => refuseInUse(entry, jobs))
      }),
    doctor: async () => ({
      checks: [
        ...(await checkNode({ desk, storage, home, editing })),
        ...(await withLedger(home.ledger, async (ledger) => (ledger ? [checkLedger(ledger)] : [])).catch(
          (error: unknown) => [ledgerTrouble(error)]
        )),
        ...(await checkMembership(home))
      ]
    }),
    config: async () => configOf(home, flags),
    backUpLedger: ({ path }) =>
      withLedger(home.ledger, async (ledger) => {
        if (ledger === null) throw noLedger(home.ledger)
        return { path, sizeBytes: await ledger.backUp(path) }
      }),
    link: (params, signal) =>
      withLedger(home.ledger, (ledger) => linkOffline(settings, media, ledger, params, signal)),
    timelines: (signal) => listTimelines(resolveOpener(settings, signal)),
    presets: async () => ({ presets: await desk.presets() }),
    preset: ({ name, forFile }) => desk.preset(name, forFile)
  }
}

/** Null where none was made yet: looking must not make one. */
async function withLedger<T>(path: string, use: (ledger: Ledger | null) => Promise<T>): Promise<T> {
  if (!existsSync(path)) return use(null)
  const ledger = openLedger({ path, wallClock: () => new Date() })
  try {
    return await use(ledger)
  } finally {
    ledger.close()
  }
}

const noLedger = (path: string): NodeError =>
  new NodeError('no-ledger', `there is no ledger at ${path} yet`, {
    hint: 'Queue something first.',
    exitStatus: 1
  })
