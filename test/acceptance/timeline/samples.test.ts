import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatLocation,
  type ReadOptions,
  readLocations,
  readTimeline,
  readTimelineText,
  realFiles,
  type SkippedKind,
  TimelineError,
  type TimelineSequence
} from '../../../src/timeline/index.ts'
import { repoRoot } from '../../support/paths.ts'
import { skip } from '../../support/skip.ts'

const folder = resolve(repoRoot, '../shared/timelines')
const manifestPath = resolve(folder, 'manifest.tsv')

/** What a line of the manifest says, put so that it can be checked; every line must be here. */
interface Sample {
  /** Paths, decoded, as the manifest lists them; in every sequence that `sequences` names. */
  paths: string[]
  /** Names of media that the edit knows no path of. */
  names?: string[]
  audioOnly?: number
  skipped?: Partial<Record<SkippedKind, number>>
  options?: ReadOptions
  sequences?: number
  disabledUses?: number
}

const otioFolder = '/Volumes/Media/otio'
const kdenliveRoot = '/media/julius/data/dev/kdegit/multimedia/kdenlive-opentimelineio/tests/sample_data'
const cc = '/Users/user/Movies/Media'
const chocolate = `${cc}/Chocolats du CaliBressan (WITHOUT MUSIC)/Chocolate Media/Interviews/chocolate for senses.mov`
const takes = ['ZZ100_501.take_1.0001.exr', 'ZZ100_502A.take_2.0101.exr']
const screening =
  'ZZ100_501.LAY3.01|ZZ100_502A.LAY3.02|ZZ100_503A.LAY1.01|ZZ100_504C.LAY1.02|ZZ100_504B.LAY1.02|' +
  'ZZ100_507C.LAY2.01|ZZ100_508.LAY2.02|ZZ100_510.LAY1.02|ZZ100_510B.LAY1.02'

const samples: Readonly<Record<string, Sample[]>> = {
  'otio_simple_cut.otio': [
    { paths: ['titles', 'wind-up', 'punchline', 'credits'].map((name) => `/folder/${name}.mov`) }
  ],
  'otio_nested_example.otio': [
    {
      paths: [],
      names: [
        'Normal Clip 1',
        'Clip Inside A Stack 1',
        'Normal Clip 2',
        'Clip Inside A Stack 2',
        'Normal Clip 3',
        'Clip Inside A Track',
        'Normal Clip 4'
      ]
    }
  ],
  'otio_screening_example.otio': [
    {
      paths: [],
      names: screening.split('|').map((name) => name.replace(/^(\w+)\.(LAY\d)\.\d+$/, '$1 ($2)'))
    }
  ],
  'edl_screening_example.edl': [{ paths: [], names: screening.split('|') }],
  'edl_avid_example.edl': [{ paths: takes.map((take) => `S:\\path\\to\\${take}`) }],
  'edl_premiere_example.edl': [{ paths: [], names: takes }],
  'edl_dissolve_test_4.edl': [
    { paths: [], names: ['ABC0000.', 'ABC0010.', 'ABC0020.', 'ABC0030.', 'ABC0040.', 'ABC0050.'] }
  ],
  'xmeml_hiero_export.xml': [
    { paths: ['/A160R0MN/A160R0MN/A160C005_171213_R0MN.mxf'], skipped: { 'no-media': 1 } }
  ],
  'xmeml_premiere_example.xml': [
    {
      paths: [
        'sc01_sh010_anim.mov',
        'sc01_sh020_anim.mov',
        'sc01_sh030_anim.mov',
        'sc01_master_layerA_sh030_temp.mov',
        'sc01_placeholder.wav',
        'track_08.wav'
      ].map((name) => `D:\\media\\${name}`),
      audioOnly: 2,
      skipped: { title: 1 }
    }
  ],
  'fcpxml_otio_example.fcpxml': [
    {
      sequences: 2,
      paths: ['0233', '0268', '0513', '0687', '0715', '0740', '0857', '0858'].map(
        (number) => `${otioFolder}/IMG_${number}.MOV`
      )
    }
  ],
  'fcpxml_AuditionSample.fcpxml': [
    { paths: [chocolate] },
    {
      options: { allAuditions: true },
      paths: [
        chocolate,
        `${cc}/CC Clips/MULTICAM MATCH SHOTS 11.mov`,
        `${cc}/The News - Coffee Shop Scene (WITHOUT MUSIC)/Happy Talk Final.mp4`
      ]
    }
  ],
  'fcpxml_SyncClip.fcpxml': [
    {
      paths: ['TestVideo.m4v', 'TestAudio.wav'].map(
        (name) => `/Users/user/Movies/MyLibrary.fcpbundle/Test Event/Original Media/${name}`
      ),
      audioOnly: 1
    }
  ],
  'fcpxml_DisabledClips.fcpxml': [
    {
      paths: [
        '/Volumes/Workspace/Dropbox/_coding/MarkersExtractor/Library/FCPXMLTest.fcpbundle/Test Event/Original Media/TestVideo.mp4'
      ],
      skipped: { title: 2 },
      disabledUses: 1
    }
  ],
  'fcpxml_CompoundClips.fcpxml': [{ paths: [], skipped: { title: 1, generator: 1 } }],
  'fcpxml_PhotoshopSample1.fcpxml': [{ paths: [], skipped: { still: 1 } }],
  'kdenlive_example_v240770.kdenlive': [
    {
      paths: ['VID0001.MKV', 'VID0002.MKV', 'VID0003.MKV', 'AUD0001.OGG', 'AUD0002.OGG'].map(
        (name) => `${kdenliveRoot}/${name}`
      ),
      audioOnly: 2,
      skipped: { title: 1, generator: 1 }
    }
  ],
  'kdenlive_sequences.kdenlive': [{ sequences: 5, paths: [], skipped: { generator: 1 } }],
  'kdenlive_qtblend-freeze.kdenlive': [{ paths: [], skipped: { still: 1, generator: 1 } }],
  'mlt_smpte-colors.mlt': [{ paths: [], skipped: { generator: 1 } }]
}

const lines = existsSync(manifestPath) ? readFileSync(manifestPath, 'utf8').trim().split('\n').slice(1) : []
const manifest = lines.map((line) => {
  const [file = '', , , , exercises = '', media = ''] = line.split('\t')
  return { file, exercises, media }
})

function check(sequence: TimelineSequence, sample: Sample): void {
  const paths = sequence.media.flatMap(({ path }) =>
    path === null ? [] : [formatLocation(readLocations(path)[0]!)]
  )
  const names = sequence.media.filter(({ path }) => path === null).map(({ name }) => name)
  expect(paths.sort()).toEqual([...sample.paths].sort())
  expect(names).toEqual(sample.names ?? [])
  if (sample.audioOnly !== undefined)
    expect(sequence.media.filter(({ video }) => !video)).toHaveLength(sample.audioOnly)
  if (sample.disabledUses !== undefined) {
    const uses = sequence.media.flatMap((media) => media.uses)
    expect(uses.filter(({ enabled }) => !enabled)).toHaveLength(sample.disabledUses)
  }
  for (const [kind, count] of Object.entries(sample.skipped ?? {})) {
    expect(sequence.skipped.filter((item) => item.kind === kind)).toHaveLength(count)
  }
}

describe('the samples of real exporters', () => {
  it('are all known here', (context) => {
    if (manifest.length === 0) skip(context, `${manifestPath} is not there`)
    expect(Object.keys(samples).sort()).toEqual(manifest.map(({ file }) => file).sort())
  })

  it.for(manifest)('$file yields $media ($exercises)', async ({ file, media }) => {
    for (const sample of samples[file] ?? []) {
      const { sequences } = await readTimeline(resolve(folder, file), realFiles, sample.options)
      expect(sequences).toHaveLength(sample.sequences ?? 1)
      for (const sequence of sequences) check(sequence, sample)
      // The manifest's own number, so that it cannot say something else than the table above.
      const counted = /^\d+/.exec(sample.options ? media : media.replace(/^3 \(1 active.*/, '1'))
      const found = sample.paths.length || (/^0|still/.test(media) ? 0 : (sample.names?.length ?? 0))
      if (!/^1 still/.test(media)) expect(found).toBe(Number(counted?.[0]))
    }
  })

  it.for(manifest)('$file, damaged anywhere, is read or told, and never crashes', async ({ file }) => {
    const whole = readFileSync(resolve(folder, file), 'utf8')
    const pieces = [
      '',
      '-1',
      '0',
      '9'.repeat(25),
      '1e400',
      '"',
      '<',
      '>',
      '&',
      'null',
      '[]',
      '%zz',
      '..',
      '\0'
    ]
    const damage = fc.record({
      at: fc.nat(whole.length),
      length: fc.nat(40),
      piece: fc.oneof(fc.constantFrom(...pieces), fc.string())
    })
    fc.assert(
      fc.property(damage, ({ at, length, piece }) => {
        try {
          readTimelineText(file, whole.slice(0, at) + piece + whole.slice(at + length))
        } catch (error) {
          expect(error).toBeInstanceOf(TimelineError)
        }
      }),
      { numRuns: 60 }
    )
  })

  it.for(manifest)('$file, cut off anywhere, is told as such and never crashes', async ({ file }) => {
    const whole = readFileSync(resolve(folder, file))
    for (const part of [0.1, 0.35, 0.6, 0.85]) {
      const bytes = whole.subarray(0, Math.floor(whole.length * part))
      const files = {
        ...realFiles,
        look: async () => ({ kind: 'file' as const, sizeBytes: bytes.length }),
        read: async (_: string, start: number, length: number) => bytes.subarray(start, start + length)
      }
      const outcome = await readTimeline(resolve(folder, file), files).then(
        (timeline) => timeline.format,
        (error: unknown) => error
      )
      // An EDL that is cut between two events cannot be told from a shorter one.
      if (outcome === 'edl') continue
      expect(outcome).toMatchObject({ name: 'TimelineError', hint: expect.any(String) })
    }
  })
})
