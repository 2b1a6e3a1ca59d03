import type { WireError } from '../../model/index.ts'
import { clean } from './format.ts'
import { type OutStream, type Paint, painter, type TerminalTraits, terminalTraits } from './terminal.ts'

/**
 * Where a command's words go: data to stdout, people's words to stderr when stdout holds JSON.
 */
export class Printer {
  readonly json: boolean
  readonly out: OutStream
  readonly err: OutStream
  readonly traits: TerminalTraits
  /** Of stderr. */
  readonly errTraits: TerminalTraits
  readonly paint: Paint
  readonly #paintErr: Paint

  constructor(
    settings: { json: boolean; env: NodeJS.ProcessEnv; platform: NodeJS.Platform },
    out: OutStream,
    err: OutStream
  ) {
    this.json = settings.json
    this.out = out
    this.err = err
    this.traits = terminalTraits(out, settings.env, settings.platform)
    this.paint = painter(this.traits.colour)
    this.errTraits = terminalTraits(err, settings.env, settings.platform)
    this.#paintErr = painter(this.errTraits.colour)
  }

  /** Columns that tables must fit, or null when nobody's terminal shows them. */
  get width(): number | null {
    return this.out.isTTY ? (this.out.columns ?? 80) : null
  }

  /** One JSON object on a line of its own. Only for `--json`. */
  data(value: unknown): void {
    this.out.write(`${JSON.stringify(value)}\n`)
  }

  /** Lines of a listing or a result, for people. */
  lines(lines: readonly string[]): void {
    if (lines.length > 0) this.out.write(`${lines.join('\n')}\n`)
  }

  /** A result in a sentence: on stdout, unless that holds JSON. */
  tell(text: string): void {
    const stream = this.json ? this.err : this.out
    stream.write(`${text}\n`)
  }

  /** Something to know on the side; never part of the result. */
  note(text: string): void {
    this.err.write(`${text}\n`)
  }

  /** `proxima-node: <what happened>. <what to do next>.` */
  error(error: Pick<WireError, 'message' | 'hint'>): void {
    this.err.write(`${this.#paintErr('bad', 'proxima-node:')} ${errorLine(error)}\n`)
  }
}

/** What happened and what to do next, as one line of sentences. */
export function errorLine({ message, hint }: Pick<WireError, 'message' | 'hint'>): string {
  return hint ? `${sentence(message)} ${sentence(capital(hint))}` : sentence(message)
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function sentence(text: string): string {
  const words = clean(text).trim()
  return /[.?!:]$/.test(words) ? words : `${words}.`
}
