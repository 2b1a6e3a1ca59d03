import type { ExitStatus } from './exit-codes.ts'
import type { Interrupt } from './interrupt.ts'
import type { NodeDoor, NodeFlags } from './node-door.ts'
import type { Printer } from './output/printer.ts'
import type { OutStream } from './output/terminal.ts'

/** What a process gives its commands; a test makes one of its own. */
export interface World {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  cwd: string
  stdout: OutStream
  stderr: OutStream
  door: NodeDoor
  interrupt: Interrupt
  /** This command's own version. */
  version: string
}

/** What a command's service works with. It knows of no flags but those that concern every command. */
export interface CommandContext extends World {
  home: string
  debug: boolean
  print: Printer
  /** For a node that this command starts. */
  nodeFlags: NodeFlags
}

export type Run = (context: CommandContext) => Promise<ExitStatus>
