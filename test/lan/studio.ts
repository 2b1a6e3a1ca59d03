import { copyFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import type { AttemptView, JobWithTasks } from '../../src/model/index.ts'
import { audioMd5, audioSamples, makeClip, probe, tool, videoPackets } from '../support/media.ts'
import { givenLan, type Host, type Lan, type LanOptions, waitFor } from './harness/index.ts'

export interface StudioOptions extends Omit<LanOptions, 'cpu'> {
  /** Hosts that are members of one mesh; all when left out. */
  members?: readonly number[]
  /** Cores of each host's node, once all are up: starting on a part of a core takes long. */
  cpu?: number
}

/** A LAN whose nodes run, are members of one mesh and share a folder. */
export async function givenStudio(options: StudioOptions): Promise<Lan> {
  const { members, cpu, ...rest } = options
  const lan = givenLan(rest)
  await lan.start()
  await lan.pair(members)
  await lan.share()
  if (cpu !== undefined) lan.setCpu(cpu)
  return lan
}

/** Puts a film on the shared storage. */
export function bring(lan: Lan, path: string): string {
  const copy = join(lan.sharedFolder, basename(path))
  copyFileSync(path, copy)
  return copy
}

/** A film on the shared storage that takes about `seconds / 2` CPU seconds to encode as DNxHR. */
export const filmOf = (lan: Lan, seconds: number): Promise<string> =>
  makeClip(join(lan.sharedFolder, 'film.mp4'), { seconds, size: '1280x720', gop: 25, channels: 2 })

/** Options of `queue` for chunks of so many seconds. */
export const inChunks = (seconds: number): string[] => ['--preset', 'dnxhr_sq', '--chunk', String(seconds)]

/** Names of the hosts that encoded a chunk of a job which counted. */
export const encodersOf = (job: JobWithTasks): string[] => [
  ...new Set(
    job.tasks
      .filter(({ kind }) => kind === 'encode-chunk')
      .flatMap(({ attempts }) =>
        attempts.filter(({ status }) => status === 'done').map(({ peerName }) => peerName)
      )
  )
]

/** Ids of the tasks that are done. */
export const doneTasks = (job: JobWithTasks): string[] =>
  job.tasks.filter(({ status }) => status === 'done').map(({ id }) => id)

/** Waits for a chunk of a job in the first half of its run, on a given host where one is given. */
export const runningChunk = (
  owner: Host,
  id: string,
  on?: Host
): Promise<{ taskId: string; attempt: number }> =>
  waitFor(
    async () => {
      const { tasks } = await owner.job(id)
      for (const task of tasks) {
        if (task.kind !== 'encode-chunk') continue
        const attempt = task.attempts.find(({ status, peerName, progress }) => {
          const here = on === undefined || peerName === `host${on.index}`
          const units = progress?.units ?? 0
          const half = task.range ? (task.range.end - task.range.start) / 2 : 0
          return status === 'running' && here && units > 0 && units <= half
        })
        if (attempt) return { taskId: task.id, attempt: attempt.attempt }
      }
      throw new Error(tasks.flatMap(({ id, attempts }) => attempts.map((one) => inWords(id, one))).join(', '))
    },
    { timeoutMs: 60_000, what: `a chunk of ${id} to be under way${on ? ` on ${on.name}` : ''}`, everyMs: 50 }
  )

const inWords = (taskId: string, { status, peerName, progress }: AttemptView): string =>
  `${taskId} ${status} on ${peerName ?? 'nobody'} at ${progress?.units ?? 0}`

/** Waits until a host has been given a chunk of a job. */
export const chunkOf = (owner: Host, id: string, hostName: string): Promise<unknown> =>
  waitFor(
    async () =>
      (await owner.job(id)).tasks.some(
        ({ kind, attempts }) =>
          kind === 'encode-chunk' && attempts.some(({ peerName }) => peerName === hostName)
      ),
    { timeoutMs: 60_000, what: `${hostName} to be given a chunk of ${id}`, everyMs: 100 }
  )

/** Waits until at least so many chunks of a job are done. */
export const chunksDone = (owner: Host, id: string, count: number): Promise<JobWithTasks> =>
  waitFor(
    async () => {
      const job = await owner.job(id)
      const done = job.tasks.filter(({ kind, status }) => kind === 'encode-chunk' && status === 'done')
      return done.length >= count ? job : null
    },
    { timeoutMs: 90_000, what: `${count} chunks of ${id} to be done`, everyMs: 100 }
  )

/**
 * Checks that a completed job did each piece of work once: every task has one attempt that counted, none was started
 * after its task was done, and the chunks cover every frame once, in order.
 */
export function expectNoWorkTwice(job: JobWithTasks, frames: number): void {
  for (const task of job.tasks) {
    const winners = task.attempts.filter(({ status }) => status === 'done')
    expect(winners, `task ${task.id} of ${task.kind}`).toHaveLength(1)
    const doneMs = Date.parse(winners[0]!.endedAt!)
    for (const attempt of task.attempts) expect(Date.parse(attempt.startedAt)).toBeLessThanOrEqual(doneMs)
  }
  const ranges = job.tasks.flatMap(({ range }) => (range ? [range] : [])).sort((a, b) => a.start - b.start)
  expect(ranges[0]?.start).toBe(0)
  expect(ranges.at(-1)?.end).toBe(frames)
  for (const [index, range] of ranges.slice(1).entries()) expect(range.start).toBe(ranges[index]!.end)
}

/**
 * Checks that a finished file is what one ffmpeg run gives: the very command that `presets NAME --for FILE` prints,
 * run here. Video packet for packet, audio sample for sample.
 */
export async function expectLikeOneRun(lan: Lan, job: JobWithTasks): Promise<void> {
  const shown = await lan.host(0).ok(['presets', job.preset, '--for', job.source, '--json'])
  const { command } = shown.json as { command: string[] }
  const reference = join(lan.folder('reference'), basename(job.output))
  rmSync(reference, { force: true })
  await tool([...command.slice(0, -1), reference])

  const [packets, expected] = [await videoPackets(job.output), await videoPackets(reference)]
  expect(packets).toHaveLength(expected.length)
  expect(packets).toEqual(expected)
  const [made, single] = [await probe(job.output), await probe(reference)]
  expect(Math.abs(made.durationS - single.durationS)).toBeLessThan(0.002)
  expect(made.streams.map(({ type, codec, channels }) => ({ type, codec, channels }))).toEqual(
    single.streams.map(({ type, codec, channels }) => ({ type, codec, channels }))
  )
  if (single.streams.some(({ type }) => type === 'audio')) {
    expect(await audioSamples(job.output)).toBe(await audioSamples(reference))
    expect(await audioMd5(job.output)).toBe(await audioMd5(reference))
  }
}
