#!/usr/bin/env node
// biome-ignore-all lint/style/useNodejsImportProtocol: Node 12 does not know it
// biome-ignore-all lint/complexity/useOptionalChain: Node 12 does not know it
// Starts the command under a Node that is new enough. Until that is certain, nothing here may need more than Node 12:
// no `node:` prefixes, no top-level await, no optional chaining.
import { spawn } from 'child_process'
import { accessSync, constants, existsSync } from 'fs'
import * as nodeModule from 'module'
import { dirname, join } from 'path'
import { fileURLToPath, pathToFileURL } from 'url'

const wanted = [24, 15]
const restartedMark = 'PROXIMA_RUNTIME_RESTARTED'
const here = fileURLToPath(import.meta.url)
const installation = dirname(dirname(here))

const isNewEnough = (version) => {
  const parts = version.split('.').map(Number)
  return parts[0] > wanted[0] || (parts[0] === wanted[0] && parts[1] >= wanted[1])
}

const fail = (what, next) => {
  process.stderr.write(`proxima-node: ${what}. ${next}.\n`)
  process.exit(2)
}

/** The runtime of the `node` package: in this installation, or in a folder above it when it was hoisted. */
const findRuntime = () => {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  for (let folder = installation; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', 'node', 'bin', name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch (error) {
      if (error.code === 'EACCES') {
        fail(`the Node that came with it (${path}) may not be executed`, `Run \`chmod +x ${path}\``)
      }
    }
    if (dirname(folder) === folder) return null
  }
}

/** Runs this file again under `runtime`: same arguments, streams, signals and exit status. */
const restart = (runtime) => {
  const child = spawn(runtime, process.execArgv.concat(here, process.argv.slice(2)), {
    // The channel tells the child when this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { [restartedMark]: '1' })
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) =>
    fail(`cannot run the Node that came with it (${runtime}): ${error.message}`, 'Run `npm ci` again')
  )
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
    // Where a signal does not end this process at once (Windows), its absence must still not look like success.
    setTimeout(() => process.exit(1), 1000)
  })
}

const start = () => {
  // Threads for files, 4 by default: each call to storage that hangs holds one for as long as its server is away.
  if (!process.env.UV_THREADPOOL_SIZE) process.env.UV_THREADPOOL_SIZE = '16'
  // The channel of an older Node's launcher must not keep this process alive by itself.
  if (process.channel) process.channel.unref()
  const main = join(installation, 'dist', 'cli', 'main.js')
  if (!existsSync(main))
    fail(`it is not built yet (${main} is missing)`, `Run \`npm run build\` in ${installation}`)
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache()
  import(pathToFileURL(main).href).then(({ main }) => main())
}

const restarted = process.env[restartedMark] === '1'
delete process.env[restartedMark]
if (isNewEnough(process.versions.node)) {
  start()
} else {
  const runtime = restarted ? null : findRuntime()
  if (runtime === null) {
    fail(
      `Node ${wanted.join('.')} or newer is needed, this is ${process.versions.node}`,
      `Run \`npm ci\` in ${installation}, which brings one, or install Node 24 from nodejs.org`
    )
  } else {
    restart(runtime)
  }
}
