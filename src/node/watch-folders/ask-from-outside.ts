import { spawn } from 'node:child_process'
import { dirname } from 'node:path'

/** How long another process is waited for. */
const answerLimitMs = 10_000
/** It ends itself by then: nobody can end it once this process is gone. */
const script = `
  const limit = setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${answerLimitMs})
  const { opendir } = require('node:fs/promises')
  const ask = async (path) => {
    const folder = await opendir(path)
    await folder.read()
    await folder.close()
  }
  Promise.allSettled(process.argv.slice(1).map(ask)).then(() => clearTimeout(limit))
`

const asked = new Map<string, Promise<boolean>>()

/**
 * Whether folders can be asked for at all, found out by a process of its own: a call to storage that hangs holds the
 * one who makes it for as long as the server is away, and this process has few threads for that. What the storage
 * answers does not matter, an error is an answer. While an earlier question hangs no second one is sent after it.
 */
export function answersFromOutside(paths: readonly string[]): Promise<boolean> {
  const key = paths.join('\0')
  let answered = asked.get(key)
  if (answered === undefined) {
    answered = ask(paths).finally(() => asked.delete(key))
    asked.set(key, answered)
  }
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(late.resolve, answerLimitMs, false)
  return Promise.race([answered, late.promise]).finally(() => clearTimeout(timer))
}

function ask(paths: readonly string[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const child = spawn(process.execPath, ['-e', script, '--', ...paths], {
    // Not where this process may stand: that may hang too.
    cwd: dirname(process.execPath),
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'ignore',
    windowsHide: true
  })
  child.unref()
  child.once('exit', (code) => resolve(code === 0))
  // No process to be had now: asked again at the next look.
  child.once('error', () => resolve(false))
  return promise
}
