// `npm test`: every check and every vitest project, their durations, what was skipped and why, and one summing line.
// `npm test -- unit lan` runs only the named parts.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setUpTests } from './setup-tests.mjs'
import { sumLine, tally } from './tally.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules/.bin')
const reports = mkdtempSync(join(tmpdir(), 'proxima-test-reports-'))
// Node 24 and the tools of this checkout come first, also when this was not started by npm.
const env = { ...process.env, PATH: [bin, process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter) }

const check = (name, command, isDone = () => false) => ({
  name,
  run: async () => {
    if (isDone()) return { passed: 1, failed: 0, skipped: [] }
    const status = await call(command, 300_000)
    return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: [] }
  }
})

const project = (name, limitMs, more = []) => ({
  name,
  run: async () => {
    const report = join(reports, `${name}.json`)
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const status = await call([join(bin, 'vitest'), 'run', '--project', name, ...more, ...reporters], limitMs)
    return tally(status, existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null)
  }
})

const parts = [
  check('typecheck', [join(bin, 'tsc'), '-p', 'tsconfig.json', '--noEmit']),
  check('lint', [join(bin, 'biome'), 'check', '.']),
  check('build', [join(bin, 'node'), 'scripts/build.mjs'], isBuilt),
  project('unit', 180_000),
  // Its files wait for disks and other processes as much as for this one.
  project('acceptance', 720_000, ['--maxWorkers', '2']),
  project('simulation', 300_000),
  project('lan', 600_000),
  project('e2e', 480_000),
  project('tui', 300_000)
]

await main(process.argv.slice(2))

async function main(names) {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name))
  if (unknown.length > 0) {
    console.error(`no such part: ${unknown.join(', ')}. Parts: ${parts.map(({ name }) => name).join(', ')}`)
    process.exitCode = 2
    return
  }
  setUpTests()
  // A fresh clone: one command passes the tests, as the README says.
  if (!existsSync(join(bin, 'vitest')) && (await call(['npm', 'ci'], 600_000)) !== 0) {
    process.exitCode = 1
    return
  }
  const rows = []
  for (const part of parts) {
    if (names.length > 0 && !names.includes(part.name)) continue
    console.log(`\n── ${part.name}`)
    const startMs = performance.now()
    rows.push({ name: part.name, ...(await part.run()), ms: performance.now() - startMs })
  }
  rmSync(reports, { recursive: true, force: true })
  summarise(rows)
}

function summarise(rows) {
  console.log('\n── summary')
  for (const row of rows) {
    console.log(`${row.name.padEnd(12)} ${(row.ms / 1000).toFixed(1).padStart(7)} s   ${sumLine([row])}`)
  }
  for (const row of rows) for (const what of row.skipped) console.log(`skipped (${row.name}): ${what}`)
  const line = sumLine(rows)
  if (process.env.TEST_SUMMARY_FILE) writeFileSync(process.env.TEST_SUMMARY_FILE, `${line}\n`)
  console.log(line)
  if (rows.some(({ failed }) => failed > 0)) process.exitCode = 1
}

/** Runs a command with its output shown; its exit status, 1 when it took too long or could not start. */
function call([command, ...args], limitMs) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
    const stop = (signal) => () => {
      console.error(`took more than ${limitMs / 1000} s: ${signal}`)
      child.kill(signal)
    }
    const timers = [setTimeout(stop('SIGTERM'), limitMs), setTimeout(stop('SIGKILL'), limitMs + 15_000)]
    const finish = (status) => {
      for (const timer of timers) clearTimeout(timer)
      done(status)
    }
    child.on('error', (error) => {
      console.error(`could not start ${relative(root, command)}: ${error.message}`)
      finish(1)
    })
    child.on('close', (status) => finish(status ?? 1))
  })
}

/** True when nothing that the build reads is newer than what it wrote. */
function isBuilt() {
  const entry = join(root, 'dist/cli/main.js')
  if (!existsSync(entry)) return false
  const builtMs = statSync(entry).mtimeMs
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((path) => join(root, 'src', path))
  const others = ['tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs', 'package-lock.json']
  return [...sources, ...others.map((path) => join(root, path))].every(
    (path) => statSync(path).mtimeMs <= builtMs
  )
}
