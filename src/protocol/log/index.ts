/** `/proxima/log/1`: the last lines of a task's log, and its command, from the peer that ran it. */
export {
  boundLog,
  type LogAnswer,
  type LogQuestion,
  logAnswerSchema,
  logProtocol,
  logQuestionSchema,
  type TaskLog
} from './messages.ts'
