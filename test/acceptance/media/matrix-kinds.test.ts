import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kindsChosenFor, presetsFor } from '../../media/choice.ts'
import { allKinds } from '../../media/kinds/index.ts'
import { ffmpegBytes } from '../../media/read.ts'
import { presetFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-kinds-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const names = allKinds.map(({ name }) => name)

test('kinds have names of their own, and presets are chosen for kinds that exist', () => {
  expect(new Set(names).size).toBe(names.length)
  expect(kindsChosenFor.filter((name) => !names.includes(name))).toEqual([])
})

test('every preset that people get is in the matrix', () => {
  const chosen = new Set(allKinds.flatMap(presetsFor))
  const builtIn = readdirSync(presetFolder).map((file) => file.replace(/\.yaml$/, ''))
  expect(builtIn.filter((name) => !chosen.has(name))).toEqual([])
})

/** What the units of a raw H.264 or HEVC stream are called, each by the first bytes after its start code. */
function unitsOf(
  kind: string,
  codec: 'h264' | 'hevc',
  nameOf: (unit: Buffer) => string
): Map<string, number> {
  const found = allKinds.find(({ name }) => name === kind)!
  const path = join(folder, `${kind}.${found.ending}`)
  found.make(path)
  const stream = ffmpegBytes([
    '-i',
    path,
    '-map',
    '0:v',
    '-c',
    'copy',
    '-bsf:v',
    `${codec}_mp4toannexb`,
    '-f',
    codec,
    '-'
  ])
  const counts = new Map<string, number>()
  const start = Buffer.from([0, 0, 1])
  for (let at = stream.indexOf(start); at >= 0; at = stream.indexOf(start, at + 3)) {
    const name = nameOf(stream.subarray(at + 3, at + 6))
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

test('the open groups of H.264 begin at recovery points that are no IDR', () => {
  const units = unitsOf('h264-open', 'h264', (unit) => {
    const type = unit[0]! & 31
    return type === 6 ? `sei ${unit[1]}` : `${type}`
  })
  expect(units.get('5')).toBe(1) // IDR
  expect(units.get('sei 6')).toBeGreaterThanOrEqual(4) // recovery point
})

test('the open groups of HEVC begin at CRA pictures that leading pictures follow', () => {
  const units = unitsOf('hevc10-open', 'hevc', (unit) => `${(unit[0]! >> 1) & 63}`)
  expect(units.get('21')).toBeGreaterThanOrEqual(3) // CRA
  expect((units.get('8') ?? 0) + (units.get('9') ?? 0)).toBeGreaterThan(0) // RASL
})
