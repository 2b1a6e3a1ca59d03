import { argumentCodecs } from './arguments.ts'
import { audioOf, codecRules } from './codecs.ts'
import type { Preset } from './schema.ts'

/** What is wrong, and the key that says it. */
export interface Impossible {
  key: keyof Preset
  message: string
}

/** Holds a preset's keys against one another: combinations that no file can have, each with what would work. */
export function whyImpossible(preset: Preset): Impossible | null {
  for (const check of [container, encoder, quality, everyFrame, picture, sound, freeArguments]) {
    const found = check(preset)
    if (found !== null) return { key: found[0], message: found[1] }
  }
  return null
}

type Found = readonly [keyof Preset, string] | null

const or = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

function container({ codec, container, audioCodec, fastStart, tag, rotation }: Preset): Found {
  const rules = codecRules[codec]
  const name = container.toUpperCase()
  if (!rules.containers.includes(container)) {
    return ['container', `${codec} cannot be put into ${name}: use \`container: ${or(rules.containers)}\``]
  }
  if (audioCodec !== 'none' && !audioOf[container].includes(audioCodec)) {
    return [
      'audioCodec',
      `${audioCodec} cannot be put into ${name}: use ${container === 'mov' ? '' : '`container: mov`, or '}\`audioCodec: ${or(audioOf[container])}\``
    ]
  }
  const likeMov = container === 'mov' || container === 'mp4'
  if (fastStart && !likeMov) return ['fastStart', `\`fastStart\` means nothing to ${name}: leave it out`]
  if (rotation === 'keep' && !likeMov) {
    return [
      'rotation',
      `${name} cannot say how a picture is turned: use \`rotation: apply\`, or \`container: mov\``
    ]
  }
  if (tag === null) return null
  if (!likeMov) return ['tag', `\`tag\` means nothing to ${name}: leave it out`]
  if (!rules.tags.includes(tag))
    return ['tag', `${tag} is no tag of ${codec}: use ${or(rules.tags)}, or leave it out`]
  return null
}

function encoder({ codec, profile, pixelFormat, speed }: Preset): Found {
  const { profiles, pixelFormats, speeds } = codecRules[codec]
  if (profile !== null) {
    if (profiles === null) return ['profile', `\`profile\` means nothing to ${codec}: leave it out`]
    if (!Object.hasOwn(profiles, profile)) {
      return ['profile', `${codec} has no profile ${profile}: use ${or(Object.keys(profiles))}`]
    }
  }
  const takes = profile === null || profiles === null ? pixelFormats : profiles[profile]!
  if (!takes.includes(pixelFormat)) {
    const what = profile === null ? codec : `${codec} with the profile ${profile}`
    return ['pixelFormat', `${what} does not take ${pixelFormat}: use ${or(takes)}`]
  }
  if (codec === 'dnxhd' && profile === null) {
    return ['profile', `dnxhd needs a \`profile\`: ${or(Object.keys(profiles ?? {}))}`]
  }
  if (speed === null) return null
  if (speeds === null) return ['speed', `\`speed\` means nothing to ${codec}: leave it out`]
  if (!speeds.includes(speed)) return ['speed', `${codec} has no speed ${speed}: use ${or(speeds)}`]
  return null
}

function quality({ codec, crf, qp, keyframeSeconds }: Preset): Found {
  const { maxQuality, alwaysIntra } = codecRules[codec]
  for (const [key, value] of [
    ['crf', crf],
    ['qp', qp]
  ] as const) {
    if (value === null) continue
    if (maxQuality === null) return [key, `\`${key}\` means nothing to ${codec}: leave it out`]
    if (value > maxQuality) return [key, `\`${key}\` of ${codec} is at most ${maxQuality}, not ${value}`]
  }
  if (crf !== null && qp !== null) {
    return [
      'qp',
      '`qp` and `crf` are two ways to say one thing: keep one (an extended preset’s is taken back with `crf: null`)'
    ]
  }
  if (keyframeSeconds !== null && alwaysIntra) {
    return [
      'keyframeSeconds',
      `\`keyframeSeconds\` means nothing to ${codec}: every frame of it is a keyframe`
    ]
  }
  return null
}

/** `-g`, bit budgets and the like would make frames depend on one another again. */
const againstIntra = [
  '-bf',
  '-g',
  '-keyint_min',
  '-refs',
  '-rc-lookahead',
  '-maxrate',
  '-bufsize',
  '-aq-mode',
  '-aq-strength'
]

function everyFrame({ codec, intra, crf, qp, keyframeSeconds, args }: Preset): Found {
  if (!intra) return null
  if (codecRules[codec].alwaysIntra) {
    return ['intra', `\`intra\` means nothing to ${codec}: every frame of it stands alone already`]
  }
  if (codec === 'libsvtav1') return ['intra', '`intra` is for libx264 and libx265, not for libsvtav1']
  if (keyframeSeconds !== null) {
    return [
      'keyframeSeconds',
      '`keyframeSeconds` goes against `intra`, where every frame is a keyframe: leave one out'
    ]
  }
  if (crf !== null || qp === null) {
    return [
      crf !== null ? 'crf' : 'intra',
      '`intra` goes with `qp` (for example 20), not with `crf`: that decides a frame by those before it, and chunks would not equal one run'
    ]
  }
  const against = args.find((argument) => againstIntra.includes(argument))
  return against === undefined
    ? null
    : ['args', `the argument ${against} goes against \`intra\`: leave it out`]
}

function picture({ codec, levels }: Preset): Found {
  if (codec === 'mjpeg' && levels !== 'full') {
    return ['levels', 'Motion JPEG holds full levels: say `levels: full`']
  }
  // Neither its frames nor what ffmpeg writes about them in MOV, MKV and MXF can say so: all read it as video levels.
  if (codec.startsWith('prores') && levels === 'full') {
    return ['levels', 'ProRes cannot say that its levels are full: use `levels: video`']
  }
  return null
}

function sound({ container, audioCodec, audioKbitPerChannel, audioSampleRate }: Preset): Found {
  if (container === 'mxf' && audioCodec !== 'none' && audioSampleRate !== 48_000) {
    return ['audioSampleRate', 'MXF holds sound of 48 kHz only: say `audioSampleRate: 48000`']
  }
  if (audioKbitPerChannel !== null && audioCodec !== 'aac') {
    return ['audioKbitPerChannel', `\`audioKbitPerChannel\` means nothing to ${audioCodec}: leave it out`]
  }
  if (audioSampleRate !== 'source' && audioCodec === 'none') {
    return ['audioSampleRate', '`audioSampleRate` means nothing without audio: leave it out']
  }
  return null
}

function freeArguments({ codec, args }: Preset): Found {
  const seen = new Set<string>()
  for (let i = 0; i < args.length; i += 2) {
    const option = args[i]!
    if (seen.has(option)) return ['args', `the argument ${option} is there twice`]
    seen.add(option)
    const codecs = argumentCodecs(option)
    if (!codecs.includes(codec))
      return ['args', `the argument ${option} is for ${or(codecs)}, not for ${codec}`]
  }
  return null
}
