import { chmodSync, lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
import { connectControl } from './client.ts'
import { ControlError } from './errors.ts'
import { helloTimeoutMs } from './limits.ts'

/** Others hold the claim for a few system calls; beyond this something is wrong with the folder. */
const claimWaitMs = 3_000

/**
 * Makes `server` listen on `socketPath`, readable and writable by this user alone. A socket that nobody answers on
 * (its node died) is replaced; two nodes that start at once never replace each other's.
 *
 * Throws ControlError `already-running` with the pid, `not-responding`, or `not-allowed`.
 */
export async function claimSocket(server: Server, socketPath: string): Promise<void> {
  if (process.platform === 'win32') {
    // A pipe goes with its process: one that exists is alive.
    if (!(await listen(server, socketPath))) await failWithOwner(socketPath)
    return
  }
  makePrivateFolder(dirname(socketPath))
  if (await listen(server, socketPath)) return
  const deadline = performance.now() + claimWaitMs
  while (!(await replaceStale(server, socketPath))) {
    if (performance.now() > deadline) {
      throw new ControlError('not-responding', {
        message: `cannot take over ${socketPath}: other starts keep claiming it`,
        hint: `Remove ${socketPath}.claim if no proxima-node is starting`,
        exitStatus: 1
      })
    }
    await delay(20)
  }
}

/** True when the socket is ours now, false to try again. Only the holder of the claim file removes a stale socket. */
async function replaceStale(server: Server, socketPath: string): Promise<boolean> {
  const claim = `${socketPath}.claim`
  if (!takeClaim(claim)) return false
  try {
    await failIfAlive(socketPath)
    removeIfThere(socketPath)
    return await listen(server, socketPath)
  } finally {
    removeIfThere(claim)
  }
}

function takeClaim(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    if (!isAlive(Number(readOrEmpty(path)))) removeIfThere(path)
    return false
  }
}

async function failIfAlive(socketPath: string): Promise<void> {
  try {
    await failWithOwner(socketPath)
  } catch (error) {
    if (error instanceof ControlError && error.code === 'not-running') return
    throw error
  }
}

async function failWithOwner(socketPath: string): Promise<never> {
  let pid: number
  try {
    const client = await connectControl(socketPath, { timeoutMs: helloTimeoutMs })
    pid = client.node.pid
    client.close()
  } catch (error) {
    if (!(error instanceof ControlError) || error.data.pid === undefined) throw error
    pid = error.data.pid
  }
  throw new ControlError(
    'already-running',
    {
      message: `a node of this home runs already (process ${pid})`,
      hint: 'Use that one, or choose another folder with --home',
      exitStatus: 1
    },
    { pid }
  )
}

/** False when the path is in use. */
function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      server.off('listening', onListening)
      if (hasCode(error, 'EADDRINUSE')) resolve(false)
      else if (hasCode(error, 'EACCES') || hasCode(error, 'EPERM')) reject(notAllowed(path, error))
      else reject(error)
    }
    const onListening = () => {
      server.off('error', onError)
      if (process.platform !== 'win32') chmodSync(path, 0o600)
      resolve(true)
    }
    server.once('error', onError)
    server.once('listening', onListening)
    // The socket is bound inside this call: with the mask there is no moment at which others could open it.
    const mask = isMainThread && process.platform !== 'win32' ? process.umask(0o177) : null
    try {
      server.listen({ path })
    } finally {
      if (mask !== null) process.umask(mask)
    }
  })
}

function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw notAllowed(folder, error as Error)
  }
  // Under the common temporary folder anybody could have made it first.
  const stat = lstatSync(folder)
  const isOurs = !stat.isSymbolicLink() && stat.uid === process.getuid?.()
  if (dirname(folder) === tmpdir() && !isOurs)
    throw notAllowed(folder, new Error('it belongs to another user'))
}

const notAllowed = (path: string, cause: Error): ControlError =>
  new ControlError('not-allowed', {
    message: `cannot listen for commands at ${path}: ${cause.message}`,
    hint: 'Choose a folder of your own with --home',
    exitStatus: 2
  })

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return ''
    throw error
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code
