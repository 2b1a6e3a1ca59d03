import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodePath, repoRoot } from '../../support/paths.ts'
import { run } from '../../support/run.ts'

/** Memory of the process that reads: more would be taken as a crash. */
const heapMb = 1_200

const reader = `
import { readTimeline, realFiles } from ${JSON.stringify(resolve(repoRoot, 'src/timeline/index.ts'))}
try {
  await readTimeline(process.argv[1], realFiles)
  console.log('read')
} catch (error) {
  console.log(error.name === 'TimelineError' ? error.code : String(error))
}`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-hostile-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const xmeml = (inner: string): string =>
  `<xmeml version="5"><sequence id="s"><name>s</name>${inner}</sequence></xmeml>`
const event = (number: number): string =>
  `${String(number).padStart(6, '0')}  R${number} V C 01:00:04:05 01:00:05:12 00:59:53:11 00:59:54:18\n`

const files: [string, string, () => string, string][] = [
  ['as many elements as there may be', 'a.xml', () => xmeml('<a/>'.repeat(1_999_000)), 'read'],
  ['one element too many', 'b.xml', () => xmeml('<a/>'.repeat(2_000_100)), 'too-large'],
  ['elements that never end', 'c.xml', () => xmeml('<a>'.repeat(1_000_000)), 'malformed'],
  ['one long text', 'd.xml', () => xmeml('&lt;'.repeat(15_000_000)), 'too-large'],
  ['texts of the greatest length', 'e.xml', () => xmeml(`<a>${' '.repeat(8_000_000)}</a>`.repeat(3)), 'read'],
  ['one tag of attributes', 'f.xml', () => xmeml(`<a ${'b="" '.repeat(5_000_000)}/>`), 'too-large'],
  [
    'as many objects as there may be',
    'g.otio',
    () => `{"OTIO_SCHEMA":"Timeline.1","x":[${'{},'.repeat(1_999_990)}{}]}`,
    'read'
  ],
  [
    'objects in objects',
    'h.otio',
    () => `{"OTIO_SCHEMA":"Stack.1","children":[`.repeat(1_500_000),
    'truncated'
  ],
  [
    'events without end',
    'i.edl',
    () => Array.from({ length: 190_000 }, (_, at) => event(at)).join(''),
    'read'
  ]
]

describe('a hostile file', () => {
  it.each(files)('of %s ends in bounded memory', async (_, name, make, outcome) => {
    const path = join(folder, name)
    await writeFile(path, make())
    const args = [`--max-old-space-size=${heapMb}`, '--input-type=module', '--eval', reader, path]
    const result = await run([nodePath, ...args], { env: process.env, timeoutMs: 110_000 })
    expect(result.stderr).toBe('')
    expect(result.stdout.trim()).toBe(outcome)
    await rm(path)
  })
})
