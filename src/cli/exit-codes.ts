/** What a command's exit status says; part of the contract with scripts. */
export const exitCodes = {
  done: 0,
  /** Something that was asked for failed: a job, a check. */
  failed: 1,
  /** Wrong usage or settings. */
  usage: 2,
  /** No node could be reached. */
  unreachable: 3,
  interrupted: 130
} as const

export type ExitStatus = (typeof exitCodes)[keyof typeof exitCodes]

/** The more severe of two: wrong usage tells more than a failure. */
export const atLeast = (a: ExitStatus, b: ExitStatus): ExitStatus => (a > b ? a : b)
