import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import type { Claim } from '../support/claims.ts'
import { skip } from '../support/skip.ts'
import { claimVariable } from '../support/traces.ts'
import { addWitness, waitFor } from '../support/wait-for.ts'

/** Skips the running test where there is no tmux. */
export function needTmux(context: TestContext): void {
  if (spawnSync('tmux', ['-V']).error) skip(context, 'tmux is not installed')
}

export interface TerminalOptions {
  columns: number
  rows: number
  claim: Claim
  /** Besides PATH, HOME, LANG and TZ. */
  env?: Readonly<Record<string, string>>
  cwd?: string
}

const letters = { '\u001b': 'Escape', '\r': 'Enter', '\t': 'Tab', ' ': 'Space' } as const

/** Terminals that this process has opened. */
let opened = 0

/** A real terminal with a shell in it: a tmux server of its own, which goes with the test. */
export class Terminal {
  readonly #socket: string

  constructor({ columns, rows, claim, env = {}, cwd }: TerminalOptions) {
    // A socket of its own: the server of the terminal before may still be on its way out.
    this.#socket = join(claim.folder, `tmux${++opened}`)
    execFileSync(
      'tmux',
      [
        ...['-S', this.#socket, '-f', '/dev/null'],
        ...['new-session', '-d', '-s', 't', '-x', String(columns), '-y', String(rows)],
        'bash --noprofile --norc'
      ],
      {
        cwd: cwd ?? claim.folder,
        env: {
          PATH: process.env.PATH ?? '',
          HOME: claim.folder,
          LANG: 'C.UTF-8',
          TZ: 'UTC',
          PS1: '$ ',
          SHELL: '/bin/bash',
          [claimVariable]: claim.prefix,
          ...env
        }
      }
    )
    addWitness(() => (this.isOpen() ? `── terminal\n${this.text()}` : ''))
  }

  /** Types a command line and Enter. */
  run(line: string): void {
    this.#tmux('send-keys', '-t', 't', '-l', line)
    this.#tmux('send-keys', '-t', 't', 'Enter')
  }

  /** Presses keys, by tmux's names (`Enter`, `Down`, `BSpace`) or as characters. */
  keys(...keys: string[]): void {
    for (const key of keys) this.#tmux('send-keys', '-t', 't', letters[key as keyof typeof letters] ?? key)
  }

  type(text: string): void {
    this.#tmux('send-keys', '-t', 't', '-l', text)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-t', 't', '-x', String(columns), '-y', String(rows))
  }

  /** False once its shell has ended, or its claim was removed. */
  isOpen(): boolean {
    try {
      return this.shellPid > 0
    } catch {
      return false
    }
  }

  /** What stands on the terminal. */
  lines(): string[] {
    return this.#tmux('capture-pane', '-p', '-t', 't').replace(/\n$/, '').split('\n')
  }

  text(): string {
    return this.lines().join('\n')
  }

  /** The same with colours and the like as escape sequences. */
  coloured(): string {
    return this.#tmux('capture-pane', '-e', '-p', '-t', 't')
  }

  /** Whether the alternate screen is on, and whether the cursor is shown. */
  flags(): { alternate: boolean; cursor: boolean } {
    const [alternate, cursor] = this.#tmux(
      'display-message',
      '-p',
      '-t',
      't',
      '#{alternate_on} #{cursor_flag}'
    )
      .trim()
      .split(' ')
    return { alternate: alternate === '1', cursor: cursor === '1' }
  }

  /** Process of the tmux server: stopped, nobody reads what is written to the terminal. */
  get serverPid(): number {
    return Number(this.#tmux('display-message', '-p', '#{pid}'))
  }

  /** Process of the shell; the program that runs in it is its child. */
  get shellPid(): number {
    return Number(this.#tmux('display-message', '-p', '-t', 't', '#{pane_pid}'))
  }

  sees(what: string | RegExp, timeoutMs = 30_000): Promise<true> {
    const isThere = (): boolean =>
      typeof what === 'string' ? this.text().includes(what) : what.test(this.text())
    return waitFor(() => isThere() && (true as const), {
      timeoutMs,
      what: `the terminal to show ${what}`,
      everyMs: 50
    })
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'pipe']
    })
  }
}

/** The program under test as a shell's words. */
export const shellWords = (program: readonly string[]): string => program.map((word) => `'${word}'`).join(' ')
