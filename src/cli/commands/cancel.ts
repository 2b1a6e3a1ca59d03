import { defineAction } from './job-action.ts'
import type { Define } from './kit.ts'

export const defineCancel: Define = (parent, act) =>
  defineAction(parent, act, 'cancel', 'end jobs and remove what they made so far')
