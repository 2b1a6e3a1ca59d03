import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type {
  JobRecord,
  QueueLine,
  QueueParams,
  WatchChoices,
  WatchParams,
  WatchRules
} from '../../../../src/model/index.ts'
import type { WatchDisk } from '../../../../src/node/watch-folders/disk.ts'
import { WatchFolders } from '../../../../src/node/watch-folders/watch-folders.ts'
import { jobView } from '../../../support/control.ts'
import { queueChoices } from '../../../support/queue-choices.ts'
import { requestOf } from '../../scheduler/kit.ts'

export const rules: WatchRules = {
  extensions: null,
  only: [],
  skip: [],
  recursive: true,
  settleMs: 10_000,
  minAgeMs: 0
}

export const choices: WatchChoices = queueChoices

export const asked = (dir: string, change: Partial<WatchRules> = {}): WatchParams => ({
  dir,
  rules: { ...rules, ...change },
  queue: choices
})

interface FakeFile {
  content: string
  mtimeMs: number
}

/** A disk that holds files in memory, a clock that the test sets, and a ledger that queues what it is given. */
export class Scene {
  /** By absolute path. */
  readonly files: Map<string, FakeFile>
  /** Folders: what tells one from another under a new name. */
  readonly folders: Map<string, string>
  /** What tells who watches a folder, by path. */
  readonly marks: Map<string, string>
  /** Why no mark can be written. */
  unwritable: string | null = null
  readonly jobs: JobRecord[] = []
  readonly queued: string[] = []
  readonly told: string[] = []
  readonly errors: unknown[] = []
  nowMs = 0
  away: string | null = null
  whyAway = async (): Promise<string | null> => this.away
  /** Storage below this never answers, until it is set to null. */
  hanging: string | null = null
  /** Calls that it has not answered: each holds a thread. */
  held = 0
  #server = Promise.withResolvers<void>()
  problem: string | null = null
  /** What `queue` answers instead of making a job. */
  answer: ((source: string) => QueueLine | null) | null = null
  readonly home: string
  readonly name: string

  /** @param shared another node's scene: the same storage, another home */
  constructor(shared: Scene | null = null, name = 'desk') {
    this.files = shared?.files ?? new Map()
    this.folders = shared?.folders ?? new Map()
    this.marks = shared?.marks ?? new Map()
    this.name = name
    this.home = mkdtempSync(join(tmpdir(), 'proxima-watches-'))
    onTestFinished(() => rmSync(this.home, { recursive: true, force: true }))
  }

  put(path: string, content: string, mtimeMs = this.nowMs): void {
    this.files.set(path, { content, mtimeMs })
  }

  rename(from: string, to: string): void {
    for (const [path, file] of [...this.files]) {
      if (!path.startsWith(`${from}/`)) continue
      this.files.delete(path)
      this.files.set(to + path.slice(from.length), file)
    }
    this.folders.set(to, this.folders.get(from)!)
    this.folders.delete(from)
  }

  /** The server is back: whoever waits is answered. */
  answerAgain(): void {
    this.hanging = null
    this.#server.resolve()
    this.#server = Promise.withResolvers()
  }

  readonly disk: WatchDisk = this.#mayHang({
    list: async (dir, _, { markName }) => {
      if (!this.folders.has(dir)) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      const files = [...this.files].flatMap(([path, { content, mtimeMs }]) => {
        const inside = path.startsWith(`${dir}/`)
        return inside ? [{ path: path.slice(dir.length + 1), sizeBytes: content.length, mtimeMs }] : []
      })
      const marked = [...this.marks.keys()].flatMap((path) => {
        const folder = path.slice(dir.length + 1, -`/${markName}`.length)
        return path.startsWith(`${dir}/`) && path.endsWith(`/${markName}`) && folder !== '' ? [folder] : []
      })
      return { files, complete: this.problem === null, problem: this.problem, marked }
    },
    print: async (path) => {
      const file = this.files.get(path)
      if (!file) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      return `print of ${file.content}`
    },
    look: async (path) => {
      const file = this.files.get(path)
      return file ? { sizeBytes: file.content.length, mtimeMs: file.mtimeMs } : null
    },
    identity: async (dir) => this.folders.get(dir) ?? null,
    realPath: async (path) => path,
    readMark: async (path) => this.#marked(path).get(path) ?? null,
    createMark: async (path, text) => {
      if (this.#marked(path).has(path)) return false
      if (this.unwritable !== null) throw Object.assign(new Error('no'), { code: this.unwritable })
      this.marks.set(path, text)
      return true
    },
    writeMark: async (path, text, isStill) => {
      const before = this.#marked(path).get(path)
      if (before === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      if (this.unwritable !== null) throw Object.assign(new Error('no'), { code: this.unwritable })
      if (!isStill(before)) return false
      this.#marked(path).set(path, text)
      return true
    },
    removeMark: async (path) => void this.#marked(path).delete(path),
    answers: async (paths) => !paths.some((path) => this.#hangs(path))
  })

  #hangs(path: string): boolean {
    return this.hanging !== null && path.startsWith(this.hanging)
  }

  #mayHang(disk: WatchDisk): WatchDisk {
    const calls = Object.entries(disk).map(([name, call]) => {
      if (name === 'answers') return [name, call]
      const asked = async (path: string, ...rest: unknown[]): Promise<unknown> => {
        while (this.#hangs(path)) {
          this.held += 1
          await this.#server.promise
          this.held -= 1
        }
        return (call as (path: string, ...rest: unknown[]) => Promise<unknown>)(path, ...rest)
      }
      return [name, asked]
    })
    return Object.fromEntries(calls) as WatchDisk
  }

  /** Marks of a folder that is there. */
  #marked(path: string): Map<string, string> {
    const dir = path.slice(0, path.lastIndexOf('/'))
    if (!this.folders.has(dir)) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
    return this.marks
  }

  /** A life of the node: what it watched before is read from the disk. */
  open(): Promise<WatchFolders> {
    return WatchFolders.open(
      {
        folder: join(this.home, 'watches'),
        home: this.home,
        proxyRoot: null,
        intervalMs: 5_000,
        self: { id: `id of ${this.name}`, name: this.name }
      },
      {
        moment: () => ({ nowMs: this.nowMs, wallMs: Date.parse('2026-03-01T12:00:00Z') + this.nowMs }),
        jobs: () => this.jobs,
        queue: async (params) => this.#queue(params),
        checkPreset: async (name) => {
          if (name !== 'dnxhr_sq' && name !== 'prores_lt') throw new Error(`no preset ${name}`)
        },
        whyAway: () => this.whyAway(),
        tell: (_, text) => void this.told.push(text),
        onError: (error) => void this.errors.push(error),
        disk: this.disk
      }
    )
  }

  /** Looks at every folder of `watches`, `seconds` later. */
  async look(watches: WatchFolders, seconds = 5): Promise<void> {
    this.nowMs += seconds * 1_000
    await watches.lookNow()
  }

  #queue(params: QueueParams): QueueLine {
    const [source = ''] = params.sources
    const other = this.answer?.(source) ?? null
    if (other !== null) return other
    this.queued.push(source)
    const id = `job${this.jobs.length + 1}`
    const output = `/out/${source.split('/').at(-1)}`
    const origin = params.origins![source]!
    const request = { ...requestOf({ source, output }), origin, batchId: params.batchId! }
    this.jobs.push({ id, seq: this.jobs.length + 1, status: 'active', request } as unknown as JobRecord)
    return { kind: 'queued', job: jobView(id, { source, output }) }
  }
}
