import { describe, expect, it } from 'vitest'
import { presetsTable, presetText } from '../../../../src/cli/output/presets.ts'
import type { PresetLine, PresetView } from '../../../../src/model/index.ts'

const line: PresetLine = {
  name: 'av1',
  description: 'AV1 in MP4',
  source: '/app/presets/av1.yaml',
  builtIn: true,
  error: null,
  encoder: 'libsvtav1',
  codec: 'AV1',
  container: 'mp4',
  height: 'source',
  encodable: true,
  whyNot: null,
  match: null
}

describe('the list of presets', () => {
  it('tells of each what it is, whether it works here, and whose it is', () => {
    const lines = presetsTable(
      [
        line,
        {
          ...line,
          height: 540,
          encodable: false,
          whyNot: 'this machine’s ffmpeg has no working libsvtav1: x'
        },
        { ...line, name: 'mine', builtIn: false, source: '/home/p/mine.yaml', height: 'half' }
      ],
      null
    )
    expect(lines.map((text) => text.split(/ {2,}/))).toEqual([
      ['NAME', 'WHAT IT IS FOR', 'CODEC', 'FILE', 'SIZE', 'HERE', 'FROM'],
      ['av1', 'AV1 in MP4', 'AV1', 'mp4', 'full', 'yes', 'built-in'],
      [
        ...['av1', 'AV1 in MP4', 'AV1', 'mp4', '≤ 540 lines'],
        ...['no: this machine’s ffmpeg has no working libsvtav1: x', 'built-in']
      ],
      ['mine', 'AV1 in MP4', 'AV1', 'mp4', 'half', 'yes', '/home/p/mine.yaml']
    ])
  })

  it('shows why one cannot be used in the place of what it is for', () => {
    const wrong = {
      ...line,
      description: 'mine.yaml:1:1: no',
      error: 'mine.yaml:1:1: no',
      codec: null,
      height: null
    }
    expect(presetsTable([wrong], null)[1]).toMatch(/^av1 +mine\.yaml:1:1: no +mp4 +not usable +built-in$/)
  })
})

describe('a preset', () => {
  const view: PresetView = {
    preset: { name: 'mine', codec: 'dnxhd', height: 'half', args: ['-a', 'b'], crf: null },
    command: null,
    chosen: null,
    source: '/home/p/mine.yaml',
    origins: {
      codec: '/app/presets/dnxhr_sq.yaml',
      height: '/home/p/mine.yaml',
      args: '/home/p/base.yaml',
      crf: null
    },
    match: null
  }

  it('is YAML that tells of each key where it comes from', () => {
    expect(presetText(view)).toEqual([
      '# /home/p/mine.yaml',
      '',
      'name: mine',
      'codec: dnxhd # /app/presets/dnxhr_sq.yaml',
      'height: half',
      '# base',
      'args:',
      '  - -a',
      '  - b',
      'crf: null # default'
    ])
  })

  it('has its rules, and why they chose it', () => {
    const lines = presetText({ ...view, match: { width: { min: 3000 } }, chosen: 'width at least 3000' })
    expect(lines.slice(0, 2)).toEqual(['# /home/p/mine.yaml', '# chosen for this file: width at least 3000'])
    expect(lines.slice(-3)).toEqual(['match:', '  width:', '    min: 3000'])
  })
})
