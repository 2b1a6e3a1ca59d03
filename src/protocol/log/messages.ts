import { z } from 'zod'
import {
  controlFrameBytes,
  logDeadlineMs,
  logFrameBytes,
  maxCommandArgChars,
  maxCommandArgs,
  maxLogLineChars,
  maxLogLines
} from '../limits.ts'
import type { RequestProtocol } from '../request.ts'
import { cleanText, leaseIdSchema, textSchema } from '../schemas.ts'

export const logQuestionSchema = z.object({ leaseId: leaseIdSchema })

export const logAnswerSchema = z.object({
  /** Null when the peer knows nothing of that lease (any more). */
  log: z
    .object({
      lines: z.array(textSchema(maxLogLineChars)).max(maxLogLines),
      command: z.array(textSchema(maxCommandArgChars)).max(maxCommandArgs)
    })
    .nullable()
})

export type LogQuestion = z.infer<typeof logQuestionSchema>
export type LogAnswer = z.infer<typeof logAnswerSchema>
/** The end of a tool's log and the exact command that it was started with. */
export type TaskLog = NonNullable<LogAnswer['log']>

export const logProtocol: RequestProtocol<LogQuestion, LogAnswer> = {
  id: '/proxima/log/1',
  question: logQuestionSchema,
  answer: logAnswerSchema,
  maxFrameBytes: Math.max(logFrameBytes, controlFrameBytes),
  deadlineMs: logDeadlineMs
}

/** The same log within what fits into one answer: the last lines stay. */
export function boundLog(log: TaskLog): TaskLog {
  const command = log.command.slice(0, maxCommandArgs).map((arg) => cleanText(arg, maxCommandArgChars))
  // Room for the brackets, commas and the rest of the answer.
  let roomBytes = logFrameBytes - 1024
  const sizeOf = (text: string) => Buffer.byteLength(JSON.stringify(text)) + 1
  const fits = (text: string) => {
    roomBytes -= sizeOf(text)
    return roomBytes >= 0
  }
  const keptCommand = command.filter(fits)
  const lines: string[] = []
  for (const line of log.lines.slice(-maxLogLines).reverse()) {
    const cut = cleanText(line, maxLogLineChars)
    if (!fits(cut)) break
    lines.unshift(cut)
  }
  return { command: keptCommand, lines }
}
