import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { JobWithTasks } from '../../src/model/index.ts'
import { isEnded } from '../../src/model/index.ts'
import type { Host, Lan } from '../lan/harness/index.ts'
import { expectNoWorkTwice } from '../lan/studio.ts'
import type { Random } from '../simulation/random.ts'
import { audioMd5, audioSamples, type Packet, tool, videoPackets } from '../support/media.ts'
import { mediaIn } from '../support/room.ts'
import { commandOf } from '../support/traces.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Fault, faults, type Stage } from './faults.ts'
import { JobEye } from './watch.ts'

/** What one run of ffmpeg gives, to hold every round's file against. */
export interface Reference {
  source: string
  frames: number
  packets: Packet[]
  samples: number
  audio: string
}

const preset = 'dnxhr_sq'

/** Makes the reference by the very command that `presets NAME --for FILE` prints. */
export async function referenceOf(lan: Lan, source: string): Promise<Reference> {
  const shown = await lan.host(0).ok(['presets', preset, '--for', source, '--json'])
  const { command } = shown.json as { command: string[] }
  const file = join(lan.folder('reference'), basename(command.at(-1)!))
  await tool([...command.slice(0, -1), file])
  const packets = await videoPackets(file)
  return {
    source,
    frames: packets.length,
    packets,
    samples: await audioSamples(file),
    audio: await audioMd5(file)
  }
}

export interface RoundResult {
  happened: readonly Fault[]
  job: JobWithTasks
}

/** So many things befall a job at most; the last of them may be aimed at its end. */
const mostFaults = 5

/**
 * Queues a job at a machine drawn from the seed, lets faults befall the mesh at moments drawn from it until the job has
 * ended, and checks everything that must hold then.
 * @param chosen these faults, in this order; drawn when left out
 */
export async function playRound(
  lan: Lan,
  reference: Reference,
  { random, cores, chosen }: { random: Random; cores: number; chosen?: readonly Fault[] }
): Promise<RoundResult> {
  const owner = random.pick(lan.hosts)
  const out = lan.folder(`shared/out-${random.int(0, 999_999)}`)
  const id = await owner.queue([reference.source, '--preset', preset, '--chunk', '2', '--out', out])
  const eye = new JobEye(owner, id)
  const { output } = (await waitFor(() => eye.look(), { timeoutMs: 30_000, what: 'the job to be told' }))!
  const workers = lan.hosts.filter((host) => host !== owner)
  const stage: Stage = { lan, owner, workers, eye, output, random, cores }
  const happened = await befall(stage, chosen ?? drawn(random))
  const job = await waitFor(
    async () => {
      const now = await eye.look()
      return now && isEnded(now.status) ? now : null
    },
    { timeoutMs: 240_000, what: `job ${id} to end`, everyMs: 200 }
  )
  await lan.connected()
  await check(lan, reference, job)
  rmSync(out, { recursive: true, force: true })
  return { happened, job }
}

function drawn(random: Random): Fault[] {
  // Deaths twice as often as all else: they are what is counted.
  const lots = faults.flatMap((fault) => (fault.kills > 0 ? [fault, fault] : [fault]))
  const some = Array.from({ length: random.int(2, mostFaults) }, () => random.pick(lots))
  // Those that wait for a phase come last: what comes after them finds the job ended.
  return some.sort((a, b) => Number(isAimed(a)) - Number(isAimed(b)))
}

const isAimed = ({ name }: Fault): boolean => /while (joining|verifying)|publishes/.test(name)

/** One after another, each where nothing else befalls, several at a time. Those that happened. */
async function befall(stage: Stage, planned: readonly Fault[]): Promise<Fault[]> {
  const { random, workers, owner, lan } = stage
  const happened: Fault[] = []
  const all: Promise<void>[] = []
  const busy = new Map<Host | 'network', Promise<void>>()
  for (const fault of planned) {
    await delay(random.int(100, 2_000))
    const places: readonly (Host | 'network')[] =
      fault.on === 'network' ? ['network'] : fault.on === 'owner' ? [owner] : workers
    let free = places.filter((place) => !busy.has(place))
    while (free.length === 0) {
      await Promise.race(places.map((place) => busy.get(place)))
      free = places.filter((place) => !busy.has(place))
    }
    const place = random.pick(free)
    const host = place === 'network' ? lan.host(0) : place
    const running = fault
      .run(stage, host)
      .then((came) => {
        if (came) happened.push(fault)
      })
      .finally(() => busy.delete(place))
    busy.set(place, running)
    all.push(running)
  }
  await Promise.all(all)
  return happened
}

/** The right file, a ledger that adds up, nothing done twice, nothing left. */
async function check(lan: Lan, reference: Reference, job: JobWithTasks): Promise<void> {
  expect(job, job.error ?? '').toMatchObject({ status: 'completed', error: null })
  expectNoWorkTwice(job, reference.frames)
  const packets = await videoPackets(job.output)
  expect(packets).toHaveLength(reference.packets.length)
  expect(packets).toEqual(reference.packets)
  expect(await audioSamples(job.output)).toBe(reference.samples)
  expect(await audioMd5(job.output)).toBe(reference.audio)
  const kept = [reference.source, job.output].map((path) => path.slice(lan.sharedFolder.length + 1)).sort()
  await waitFor(() => String(mediaOf(lan)) === String(kept), {
    timeoutMs: 60_000,
    what: `nothing but ${kept} to be left of ${job.id} (there is ${mediaOf(lan)})`
  })
  await waitFor(() => lan.hosts.every((host) => !host.processes().some(isFfmpeg)), {
    timeoutMs: 30_000,
    what: 'every ffmpeg to have ended'
  })
  for (const host of lan.hosts) expect(mediaIn(host.folder), `left on ${host.name}`).toEqual([])
}

const mediaOf = (lan: Lan): string[] => mediaIn(lan.sharedFolder).map((line) => line.replace(/ \d+$/, ''))

const isFfmpeg = (pid: number): boolean => /(^|\/)ffmpeg /.test(`${commandOf(pid)} `)
