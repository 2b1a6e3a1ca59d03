import { defineAction } from './job-action.ts'
import type { Define } from './kit.ts'

export const defineRetry: Define = (parent, act) =>
  defineAction(parent, act, 'retry', 'try failed or canceled jobs again')
