import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Claim, makeClaim, removeClaim } from './claims.ts'
import { Station } from './station.ts'
import { testimony } from './wait-for.ts'

/** Settings that keep a node from looking for others and from wanting a certain port. */
export const aloneEnv = { PROXIMA_MDNS__ENABLED: 'false', PROXIMA_LISTEN__PORT: '0' } as const

/** A temporary folder with stations in it, on this machine's own network. */
export class Room {
  readonly claim: Claim
  readonly #stations: Station[] = []

  constructor() {
    this.claim = makeClaim('e')
  }

  /** A station that is alone: it looks for nobody and listens on any port. */
  station(name = 'station', env: Readonly<Record<string, string>> = {}): Station {
    const station = new Station({ name, claim: this.claim, env: { ...aloneEnv, PROXIMA_NAME: name, ...env } })
    this.#stations.push(station)
    return station
  }

  /** Makes a folder. */
  folder(name: string): string {
    const path = join(this.claim.folder, name)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** A folder that is a small disk of its own. Needs root. @param options `mount -o`, as `size=1m` */
  disk(name: string, options: string): string {
    const path = this.folder(name)
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
    return path
  }

  /** Ends and removes everything. Idempotent. */
  destroy(): void {
    for (const station of this.#stations) station.forget()
    removeClaim(this.claim)
  }
}

/** Makes a room for the running test: destroyed when it ends, logs printed first when it failed. */
export function givenRoom(): Room {
  const room = new Room()
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`${testimony()}\n`)
    room.destroy()
  })
  return room
}

/** Everything in a folder, however deep, as `path size`; folders end in `/`. Two equal listings: nothing was left. */
export function listing(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((path) => {
      const stat = statSync(join(folder, path), { throwIfNoEntry: false })
      return stat?.isDirectory() ? `${path}/` : `${path} ${stat?.size ?? 'gone'}`
    })
    .sort()
}

/** Files of media, or half-written ones, anywhere in a folder: what a job must not leave in a home. */
export const mediaIn = (folder: string): string[] =>
  listing(folder).filter((line) => /\.(mov|mp4|mkv|mxf|ts|m4a|wav|part)\b/.test(line))
